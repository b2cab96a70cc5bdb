import { StoreError } from '../errors.ts'
import type { HttpAnswer, Transport } from '../write/transport.ts'

/** A value as `query` gives it: times in µs since the epoch, arrays with null for NaN. */
export type SqlValue = string | number | boolean | null | readonly SqlValue[]

/** A row of a result by its column names. */
export type SqlRow = Readonly<Record<string, SqlValue>>

/** Runs one statement of SQL. */
export type RunQuery = <Row = SqlRow>(sql: string, signal?: AbortSignal) => Promise<Row[]>

interface Result {
  readonly columns: readonly { readonly name: string; readonly type: string }[]
  readonly dataset: readonly (readonly SqlValue[])[]
}

/**
 * Runs one statement and gives its rows. Throws STORE_QUERY_FAILED for what QuestDB cannot run, STORE_REFUSED for credentials,
 * and the retriable STORE_UNAVAILABLE, STORE_UNREACHABLE and STORE_TIMEOUT.
 */
export async function query<Row = SqlRow>(transport: Transport, sql: string, signal?: AbortSignal): Promise<Row[]> {
  const answer = await transport.get(`/exec?query=${encodeURIComponent(sql)}`, signal)
  if (answer.status !== 200) throw queryError(sql, answer)
  return rowsOf(parseResult(answer.body)) as Row[]
}

/** A text as a literal of SQL. */
export function quoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`
}

/** A time in µs as a literal of SQL that QuestDB can use to pick partitions. */
export function timeLiteral(us: number): string {
  const milliseconds = Math.floor(us / 1000)
  const rest = String(us - milliseconds * 1000).padStart(3, '0')
  return `'${new Date(milliseconds).toISOString().slice(0, -1)}${rest}Z'`
}

/** DDL is answered with `{"ddl":"OK"}`, which has no rows. */
function rowsOf({ columns = [], dataset = [] }: Partial<Result>): SqlRow[] {
  const names = columns.map(({ name }) => name)
  const times = columns.flatMap(({ type }, index) => (type === 'TIMESTAMP' ? [index] : []))
  return dataset.map(values => {
    const row: Record<string, SqlValue> = {}
    for (let index = 0; index < names.length; index++) row[names[index]!] = values[index]!
    for (const index of times) row[names[index]!] = microsecondsOf(values[index]!)
    return row
  })
}

/** `2026-11-22T09:00:00.123456Z` → µs since the epoch. */
function microsecondsOf(text: SqlValue): number | null {
  if (typeof text !== 'string') return null
  return Date.parse(`${text.slice(0, 23)}Z`) * 1000 + Number(text.slice(23, 26))
}

/** QuestDB writes a null character of a VARCHAR as it is, which JSON does not allow. */
function parseResult(body: string): Partial<Result> {
  return JSON.parse(body.includes('\0') ? body.replaceAll('\0', '\\u0000') : body) as Partial<Result>
}

/** What an answer that is no result means. */
export function queryError(sql: string, { status, body }: HttpAnswer): StoreError {
  const reason = errorIn(body)
  if (status === 401 || status === 403) return new StoreError('STORE_REFUSED', `QuestDB refuses the query: ${reason}`, { status })
  if (status >= 500 || status === 408 || status === 429)
    return new StoreError('STORE_UNAVAILABLE', `QuestDB cannot answer now: ${reason}`, { retriable: true, status })
  return new StoreError('STORE_QUERY_FAILED', `QuestDB cannot run the query: ${reason}`, { status, sql })
}

function errorIn(body: string): string {
  try {
    return String((JSON.parse(body) as { error?: unknown }).error)
  } catch {
    return body.trim().slice(0, 500)
  }
}
