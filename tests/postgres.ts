import { Client } from 'pg'

/** Logs in to QuestDB on 127.0.0.1 over PostgreSQL's protocol, runs one statement and gives its rows as text; null becomes ''. Throws what the server says. */
export async function postgres(port: number, user: string, password: string, sql: string, timeoutMs?: number): Promise<string[][]> {
  const client = new Client({
    host: '127.0.0.1',
    port,
    user,
    password,
    database: 'qdb',
    ...(timeoutMs && { options: `-c statement_timeout=${timeoutMs}` }),
    types: { getTypeParser: () => (text: string) => text },
  })
  try {
    await client.connect()
    const { rows } = await client.query<(string | null)[]>({ text: sql, rowMode: 'array' })
    return rows.map(row => row.map(value => value ?? ''))
  } finally {
    await client.end()
  }
}
