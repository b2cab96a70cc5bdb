import { itemSilent } from '@tickhouse/catalogue'
import { timeLiteral } from '@tickhouse/store'
import { type Judgement, ok, skipped, some, warn } from './finding.ts'
import { type Check, collectorsOf, type Installation } from './installation.ts'

const mend = 'look the codes up; take those that do not exist or do not trade out of KIWOOM_SYMBOLS and its like'

/** Judges the items of which nothing comes while others flow: those of the open session, or of the last day's gaps; undefined when nobody can say. */
export function judgeSilentItems(items: readonly string[] | undefined): Judgement {
  if (items === undefined) return skipped('neither the collector nor QuestDB answers')
  if (items.length === 0) return ok('no registered item is silent while others of its kind flow')
  return warn(`${items.length} items are silent while others of their kind flow: ${some(items)}`, mend)
}

/** Codes that the venue has accepted and of which it sends nothing. */
export const silentItems: Check = {
  name: 'silent items',
  needs: [],
  look: async (installation, signal) => {
    const silent = collectorsOf(installation)?.flatMap(({ silentItems }) => silentItems.map(({ item }) => item))
    return [judgeSilentItems(silent ?? (await silentOfTheDay(installation, signal)))]
  },
}

async function silentOfTheDay({ store }: Installation, signal: AbortSignal): Promise<string[] | undefined> {
  const since = timeLiteral((Date.now() - 86_400_000) * 1000)
  const sql = `SELECT DISTINCT symbols FROM feed_gap WHERE reason = '${itemSilent}' AND timestamp > ${since}`
  const rows = await store?.query<{ symbols: string }>(sql, signal).catch(() => undefined)
  return rows?.map(({ symbols }) => symbols)
}
