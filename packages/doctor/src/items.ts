import { itemSilent } from '@tickhouse/catalogue'
import { someOf } from '@tickhouse/runtime'
import { timeLiteral } from '@tickhouse/store'
import { type Check, collectorsOf, fail, type Installation, type Judgement, ok, skipped, warn } from './check.ts'

/** What is wanted and not registered: items of some types, and why. */
export interface RefusedItems {
  readonly items: readonly string[]
  readonly evidence: string
}

const refusedMend =
  'take items that the venue does not know out of KIWOOM_SYMBOLS and its like, then restart the collector; `tickhouse plan` divides what is too much'

/** Judges what the venue does not register: of the open sessions, or else of the last day's gaps; both undefined when nobody can say. */
export function judgeRefusedItems(now: readonly RefusedItems[] | undefined, lately: readonly RefusedItems[] | undefined): Judgement {
  if (now === undefined && lately === undefined) return skipped('neither the collector nor QuestDB answers')
  const refused = now ?? lately ?? []
  if (refused.length === 0) return ok('every item that is wanted is registered')
  const items = [...new Set(refused.flatMap(each => each.items))]
  const found = `${someOf(items)} not registered, and nothing is captured of what was refused: ${refused[0]!.evidence}`
  return now === undefined ? warn(`in the last day: ${found}`, refusedMend) : fail(found, refusedMend)
}

/** Items that are wanted and that the venue refuses, or that do not fit into its limits. */
export const refusedItemsCheck: Check = {
  name: 'refused items',
  needs: [],
  look: async (installation, signal) => {
    // What is left out by KIWOOM_PARTIAL=allow is left out on purpose.
    const now = collectorsOf(installation)?.flatMap(({ pairs }) => pairs.refused.filter(({ reason }) => reason !== 'not_registered'))
    const lately = now === undefined ? await refusedOfTheDay(installation, signal) : undefined
    return [judgeRefusedItems(now, lately)]
  },
}

async function refusedOfTheDay({ store }: Installation, signal: AbortSignal): Promise<RefusedItems[] | undefined> {
  const since = timeLiteral((Date.now() - 86_400_000) * 1000)
  const sql = `SELECT DISTINCT symbols, evidence FROM feed_gap WHERE reason = 'registration_refused' AND timestamp > ${since}`
  const rows = await store?.query<{ symbols: string; evidence: string }>(sql, signal).catch(() => undefined)
  return rows?.map(({ symbols, evidence }) => ({ items: symbols.split(','), evidence }))
}

const silentMend = 'look the codes up; take those that do not exist or do not trade out of KIWOOM_SYMBOLS and its like'

/** Judges the silent items: those of the open session, or of the last day's gaps; undefined when neither is known. */
export function judgeSilentItems(items: readonly string[] | undefined): Judgement {
  if (items === undefined) return skipped('neither the collector nor QuestDB answers')
  if (items.length === 0) return ok('no registered item is silent while others of its kind flow')
  return warn(`${items.length} items are silent while others of their kind flow: ${someOf(items)}`, silentMend)
}

/** Codes that the venue has accepted, and sends nothing about. */
export const silentItemsCheck: Check = {
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
