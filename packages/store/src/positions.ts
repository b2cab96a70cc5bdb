import { timeLiteral } from './query.ts'
import type { RunQuery } from './store.ts'
import { waitUntilApplied } from './wal.ts'

/** Kafka keeps the time of a record in ms; its row has the µs. */
const millisecondUs = 1000
const firstWindowUs = 3600 * 1_000_000
const windowGrowth = 4

/** Whether a table holds the row of one Kafka record; the record's time picks the spot, so nothing is scanned. */
export async function holds(
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

/** A row by its place in Kafka. */
export interface RowPosition {
  readonly offset: number
  /** µs since the epoch. */
  readonly timestamp: number
}

/** The highest offset of a partition among the latest rows at or before `beforeUs`, null when there is none. */
export async function lastOffset(
  run: RunQuery,
  table: string,
  partition: number,
  beforeUs: number,
  signal?: AbortSignal,
): Promise<number | null> {
  return (await lastRow(run, table, partition, beforeUs, signal))?.offset ?? null
}

/**
 * The row with the highest offset of a partition among the latest rows, all of them or those at or before `beforeUs`; null when there is none.
 * Looks back in windows that grow from an hour, so that a table of years is not read for its last minute.
 */
export async function lastRow(
  run: RunQuery,
  table: string,
  partition: number,
  beforeUs: number | undefined,
  signal?: AbortSignal,
): Promise<RowPosition | null> {
  await waitUntilApplied(run, table, signal)
  const range = `SELECT min(timestamp) AS first, max(timestamp) AS last FROM ${table}`
  const [found] = await run<{ first: number | null; last: number | null }>(range, signal)
  if (!found || found.first === null || found.last === null) return null
  const firstUs = found.first
  let toUs = (beforeUs ?? found.last) + millisecondUs
  for (let windowUs = firstWindowUs; toUs > firstUs; windowUs *= windowGrowth) {
    const fromUs = Math.max(firstUs, toUs - windowUs)
    const row = await highestRow(run, table, partition, fromUs, toUs, signal)
    if (row !== undefined) return row
    toUs = fromUs
  }
  return null
}

async function highestRow(
  run: RunQuery,
  table: string,
  partition: number,
  fromUs: number,
  toUs: number,
  signal: AbortSignal | undefined,
): Promise<RowPosition | undefined> {
  const [row] = await run<RowPosition>(
    `SELECT kafka_offset AS offset, timestamp FROM ${table} WHERE timestamp >= ${timeLiteral(fromUs)} AND timestamp < ${timeLiteral(toUs)} AND kafka_partition = ${partition} AND kafka_offset >= 0 ORDER BY kafka_offset DESC LIMIT 1`,
    signal,
  )
  return row
}
