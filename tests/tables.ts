import { entities } from '@tickhouse/catalogue'
import type { Store } from '@tickhouse/store'

/** Types whose frames are changed before they are kept: their accounts get other names. */
export const accountDatasets: readonly string[] = entities.filter(({ venue }) => venue?.items === 'account').map(({ name }) => name)

const marketDatasets = entities.filter(({ name, venue }) => venue !== null && !accountDatasets.includes(name)).map(({ name }) => name)
const suffixes: Readonly<Record<string, string>> = { KRX: '', NXT: '_NX', SOR: '_AL' }

/** Rows of the busiest table. */
export async function tradeCount(store: Store): Promise<number> {
  const [row] = await store.query<{ count: number }>('SELECT count() AS count FROM trade')
  return row!.count
}

/** Capture time of the newest trade, µs. */
export async function newestTradeUs(store: Store): Promise<number> {
  const [row] = await store.query<{ newest: number | null }>('SELECT max(timestamp) AS newest FROM trade')
  return row!.newest ?? 0
}

/** Rows of the market's tables, by `session/dataset`. */
export async function rowCounts(store: Store, sessions: readonly string[]): Promise<Map<string, number>> {
  const counts = new Map<string, number>()
  for (const dataset of marketDatasets) {
    const rows = await store.query<{ session: string; rows: number }>(
      `SELECT session, count() AS rows FROM ${dataset} WHERE session IN (${literals(sessions)}) GROUP BY session`,
    )
    for (const { session, rows: count } of rows) counts.set(`${session}/${dataset}`, count)
  }
  return counts
}

/** Cumulative volumes of the trades in the order of their capture, by `session/item`. */
export async function cumulativeVolumes(store: Store, sessions: readonly string[]): Promise<Map<string, number[]>> {
  const rows = await store.query<{ session: string; symbol: string; venue: string; volume: number | null }>(
    `SELECT session, symbol, venue, cumulative_volume AS volume FROM trade WHERE session IN (${literals(sessions)}) ORDER BY timestamp`,
  )
  const series = Map.groupBy(
    rows.filter(({ volume }) => volume !== null),
    ({ session, symbol, venue }) => `${session}/${symbol}${suffixes[venue]}`,
  )
  return new Map([...series].map(([key, group]) => [key, group.map(({ volume }) => volume!)]))
}

/** Rows with a smaller number than the row before them, each with its place in time and in Kafka, and with that row's number and time. */
export async function disorder(store: Store, sessions: readonly string[]): Promise<string[]> {
  const found: string[] = []
  for (const dataset of marketDatasets) {
    const rows = await store.query<{ session: string; place: string; before: string }>(
      `SELECT session, place, before || ' at ' || earlier AS before FROM (
         SELECT session, seq, seq || ' at ' || timestamp || ' offset ' || kafka_offset AS place,
           lag(seq) OVER (PARTITION BY session ORDER BY timestamp) AS before,
           lag(timestamp) OVER (PARTITION BY session ORDER BY timestamp) AS earlier
         FROM ${dataset} WHERE session IN (${literals(sessions)})
       ) WHERE before > seq`,
    )
    found.push(...rows.map(({ session, place, before }) => `${session}/${dataset}: ${place} after ${before}`))
  }
  return found
}

function literals(texts: readonly string[]): string {
  return ["''", ...texts.map(text => `'${text}'`)].join(', ')
}
