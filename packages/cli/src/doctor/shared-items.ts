import { type Judgement, ok, some, warn } from './finding.ts'
import type { Check } from './installation.ts'

/** That something of an item came in a session of a collector lately. */
export interface ItemOfCollector {
  readonly symbol: string
  readonly venue: string
  readonly collector: string
}

const mend =
  'give each collector a part of its own: `tickhouse plan` divides, `tickhouse plan --check` compares; until then queries take one: session IN (SELECT session FROM feed_session WHERE collector = …)'

/** Judges whether collectors capture the same items: then every record of them is stored once for each. */
export function judgeSharedItems(items: readonly ItemOfCollector[]): Judgement {
  const collectors = Map.groupBy(items, ({ symbol, venue }) => `${symbol} ${venue}`)
  const shared = [...collectors].filter(([, own]) => new Set(own.map(({ collector }) => collector)).size > 1).map(([item]) => item)
  if (shared.length === 0) return ok('no item is captured by two collectors')
  const names = [...new Set(items.filter(({ symbol, venue }) => shared.includes(`${symbol} ${venue}`)).map(({ collector }) => collector))]
  const what = shared.length === 1 ? '1 item is' : `${shared.length} items are`
  return warn(`${what} captured by ${names.sort().join(' and ')}, and stored once for each: ${some(shared.sort())}`, mend)
}

const sql = `
  SELECT DISTINCT t.symbol AS symbol, t.venue AS venue, s.collector AS collector
  FROM (SELECT DISTINCT symbol, venue, session FROM trade WHERE timestamp > dateadd('m', -5, now())) t
  JOIN (SELECT DISTINCT session, collector FROM feed_session WHERE event = 'open' AND timestamp > dateadd('d', -8, now())) s ON (session)`

/** Items of which trades came to more than one collector in the last five minutes. */
export const sharedItems: Check = {
  name: 'shared items',
  needs: ['questdb'],
  look: async ({ store }, signal) => [judgeSharedItems(await store!.query<ItemOfCollector>(sql, signal))],
}
