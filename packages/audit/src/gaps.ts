import { type Interval, overlaps } from '@tickhouse/calendar'
import { quoted, type Store, timeLiteral } from '@tickhouse/store'

/** A row of `feed_gap`; times and duration in µs, `types` and `symbols` null where all are meant. */
export interface FeedGap {
  readonly from: number
  readonly to: number
  readonly duration: number
  readonly reason: string
  readonly types: string | null
  readonly symbols: string | null
  readonly missing: number | null
  readonly evidence: string | null
  readonly session: string
}

/** Which gaps are asked for; all of them where nothing is said. */
export interface GapFilter {
  readonly interval?: Interval
  readonly session?: string | undefined
  readonly reason?: string | undefined
}

/** The gap of trades that the venue counts in its totals and did not send: `missing` is a number of shares. */
export const volumeMissing = 'volume_missing'

/** The gaps that overlap an interval, oldest first. */
export async function feedGaps(store: Store, { interval, session, reason }: GapFilter = {}, signal?: AbortSignal): Promise<FeedGap[]> {
  const conditions = [
    ...(interval ? [`from_time <= ${timeLiteral(interval.toUs)}`, `to_time >= ${timeLiteral(interval.fromUs)}`] : []),
    ...(session === undefined ? [] : [`session = ${quoted(session)}`]),
    ...(reason === undefined ? [] : [`reason = ${quoted(reason)}`]),
  ]
  const where = conditions.length === 0 ? '' : `WHERE ${conditions.join(' AND ')}`
  const rows = await store.query<Omit<FeedGap, 'duration'>>(
    `SELECT from_time AS "from", to_time AS "to", reason, types, symbols, missing, evidence, session
     FROM feed_gap ${where} ORDER BY from_time, to_time`,
    signal,
  )
  const asked = interval === undefined ? rows : rows.filter(gap => overlaps(intervalOf(gap), interval))
  return asked.map(({ from, to, ...rest }) => ({ from, to, duration: to - from, ...rest }))
}

/** From when to when records may be missing. */
export function intervalOf({ from, to }: Pick<FeedGap, 'from' | 'to'>): Interval {
  return { fromUs: from, toUs: to }
}

/** How many shares were traded and not received, as far as gaps say so. */
export function missingShares(gaps: readonly Pick<FeedGap, 'reason' | 'missing'>[]): number {
  return gaps.reduce((sum, { reason, missing }) => sum + (reason === volumeMissing ? (missing ?? 0) : 0), 0)
}
