import { setTimeout as sleep } from 'node:timers/promises'
import { venueDatasets } from '@tickhouse/catalogue'
import type { Store } from '@tickhouse/store'

/** The datasets that most of a day consists of. */
export const fastTables = ['trade', 'order_book'] as const
/** All other datasets of the venue. */
export const otherTables: readonly string[] = venueDatasets.map(({ name }) => name).filter(name => !fastTables.includes(name as never))

/**
 * How old every row was when a query first showed it, ms by table, sorted: all tables are asked with one query each `pollMs`, whose period
 * counts against us.
 */
export async function agesMs(store: Store, tables: readonly string[], forMs: number, pollMs: number): Promise<Map<string, number[]>> {
  const ages = new Map(tables.map(table => [table, [] as number[]]))
  const last = new Map(tables.map(table => [table, Date.now() * 1_000]))
  for (const end = Date.now() + forMs; Date.now() < end; await sleep(pollMs)) {
    const rows = await store.query<{ name: string; timestamp: number }>(
      tables.map(table => newerThan(table, last.get(table)!)).join(' UNION ALL '),
    )
    const now = Date.now()
    for (const { name, timestamp } of rows) {
      ages.get(name)!.push(now - timestamp / 1_000)
      if (timestamp > last.get(name)!) last.set(name, timestamp)
    }
  }
  for (const list of ages.values()) list.sort((a, b) => a - b)
  return ages
}

/** The value that this share of a sorted list does not exceed; NaN of none. */
export function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.floor((sorted.length - 1) * share)] ?? Number.NaN
}

function newerThan(table: string, us: number): string {
  return `SELECT '${table}' AS name, timestamp FROM ${table} WHERE timestamp > cast(${us} AS timestamp)`
}
