import { open } from 'node:fs/promises'
import type { Readable } from 'node:stream'
import type { Interval } from '@tickhouse/calendar'
import type { ColumnDefinition, TableDefinition } from '@tickhouse/catalogue'
import { type Logger, messageOf, type RetryOptions, retry } from '@tickhouse/runtime'
import type { StoreConfiguration } from '../configuration.ts'
import { StoreError } from '../errors.ts'
import { type HttpAnswer, Transport } from '../write/transport.ts'
import { queryError, timeLiteral } from './query.ts'

/** Which rows of a table become a file. */
export interface RowExport extends Interval {
  readonly table: TableDefinition
  readonly file: string
}

/** QuestDB may work for long before the first byte comes, and says so by nothing. */
const silenceMs = 600_000

/**
 * Lets QuestDB make a file of Parquet of the rows of a table in some time, with their columns in its order. An outage, and the time in which others have all places for exports, is waited out; a file that was
 * begun is written anew. Throws STORE_QUERY_FAILED and STORE_REFUSED, and what the disk says.
 */
export async function exportParquet(
  configuration: StoreConfiguration,
  { file, ...rows }: RowExport,
  { log, ...waits }: Pick<RetryOptions, 'baseMs' | 'maxMs' | 'signal'> & { readonly log: Logger },
): Promise<void> {
  const sql = statement(rows)
  const path = `/exp?fmt=parquet&query=${encodeURIComponent(sql)}`
  const onRetry = (error: unknown, attempt: number, delayMs: number) =>
    log.warn({ file, attempt, delayMs, reason: messageOf(error) }, 'Export failed, trying again')
  await retry(
    async () => {
      // Of its own, and closed at once: QuestDB counts the connections that export.
      const transport = new Transport(configuration, { maxConnections: 1 })
      try {
        const answer = await transport.download(path, body => writeBody(body, file), { silenceMs, signal: waits.signal })
        if (answer.status !== 200) throw refusal(sql, answer)
      } finally {
        transport.close()
      }
    },
    { ...waits, onRetry, shouldRetry: error => error instanceof StoreError && error.retriable },
  )
}

function statement({ table: { name, columns }, fromUs, toUs }: Omit<RowExport, 'file'>): string {
  return `SELECT ${columns.map(exported).join(', ')} FROM ${name} WHERE timestamp >= ${timeLiteral(fromUs)} AND timestamp < ${timeLiteral(toUs)}`
}

/** Where no text of a VARCHAR is longer than nine bytes, QuestDB 9.3.4 exports null for each of them; as STRING they are there. */
function exported({ name, questType }: ColumnDefinition): string {
  return questType === 'VARCHAR' ? `cast(${name} AS STRING) AS ${name}` : name
}

function refusal(sql: string, answer: HttpAnswer): StoreError {
  if (!/^exceeded connection limit/.test(answer.body)) return queryError(sql, answer)
  return new StoreError('STORE_UNAVAILABLE', 'Others are fetching files from QuestDB, as many as may at once', { retriable: true })
}

async function writeBody(body: Readable, file: string): Promise<void> {
  const handle = await open(file, 'w')
  try {
    for await (const chunk of body) await handle.writeFile(chunk as Buffer)
    await handle.sync()
  } finally {
    await handle.close()
  }
}
