import { type RunQuery, timeLiteral } from './query/query.ts'
import { waitUntilApplied } from './wal.ts'

/** Kafka keeps the time of a record in ms; its row has the µs. */
const millisecondUs = 1000
const firstWindowUs = 3600 * 1_000_000
const windowGrowth = 4

/** Whether a table holds the row of one Kafka record; the record's time picks the spot, so nothing is scanned. */
export async function holdsRow(
  run: RunQuery,
  table: string,
  timestampUs: number,
  partition: number,
  offset: number,
  signal?: AbortSignal,
): Promise<boolean> {
  await waitUntilApplied(run, table, signal)
  const rows = await run(
    `SELECT kafka_offset FROM ${table} WHERE timestamp >= ${timeLiteral(timestampUs)} AND timestamp < ${timeLiteral(timestampUs + millisecondUs)} AND kafka_partition = ${partition} AND kafka_offset = ${offset} LIMIT 1`,
    signal,
  )
  return rows.length > 0
}

/**
 * The highest offset of a partition among the latest rows before a row that is missing, null when there is none. A table that was made anew
 * may hold rows of the same ms that came after it: they say nothing of what stood before, so only lower offsets count.
 * Looks back in windows that grow from an hour, so that a table of years is not read for its last minute.
 */
export async function lastOffset(
  run: RunQuery,
  table: string,
  partition: number,
  missing: RowPosition,
  signal?: AbortSignal,
): Promise<number | null> {
  await waitUntilApplied(run, table, signal)
  const [oldest] = await run<{ first: number | null }>(`SELECT min(timestamp) AS first FROM ${table}`, signal)
  const firstUs = oldest?.first ?? Number.POSITIVE_INFINITY
  let toUs = missing.timestamp + millisecondUs
  for (let windowUs = firstWindowUs; toUs > firstUs; windowUs *= windowGrowth) {
    const fromUs = Math.max(firstUs, toUs - windowUs)
    const offset = await highestOffset(run, table, { partition, fromUs, toUs, below: missing.offset }, signal)
    if (offset !== null) return offset
    toUs = fromUs
  }
  return null
}

async function highestOffset(
  run: RunQuery,
  table: string,
  { partition, fromUs, toUs, below }: { partition: number; fromUs: number; toUs: number; below: number },
  signal: AbortSignal | undefined,
): Promise<number | null> {
  const [row] = await run<{ offset: number | null }>(
    `SELECT max(kafka_offset) AS offset FROM ${table} WHERE timestamp >= ${timeLiteral(fromUs)} AND timestamp < ${timeLiteral(toUs)} AND kafka_partition = ${partition} AND kafka_offset < ${below}`,
    signal,
  )
  return row?.offset ?? null
}

/** A row by its place in Kafka. */
export interface RowPosition {
  readonly offset: number
  /** µs since the epoch. */
  readonly timestamp: number
}

/**
 * The latest row of a partition; null when there is none. Not that of the highest offset, which may come from a former topic by the same name.
 * Read from the end backwards: only a partition without any row takes a look at the whole table.
 */
export async function lastRow(run: RunQuery, table: string, partition: number, signal?: AbortSignal): Promise<RowPosition | null> {
  await waitUntilApplied(run, table, signal)
  const [row] = await run<RowPosition>(
    `SELECT kafka_offset AS offset, timestamp FROM ${table} WHERE kafka_partition = ${partition} ORDER BY timestamp DESC LIMIT 1`,
    signal,
  )
  return row ?? null
}
