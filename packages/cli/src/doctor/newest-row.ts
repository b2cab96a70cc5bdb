import { loadCalendar, type TradingCalendar } from '@tickhouse/calendar'
import { closedWord, tradesSince } from '../market-word.ts'
import { age } from '../start/view.ts'
import { type Judgement, ok, warn } from './finding.ts'
import type { Check } from './installation.ts'

/** The newest rows in QuestDB, in µs. */
export interface NewestRows {
  readonly tradeUs: number | null
  readonly sessionUs: number | null
  /** What the newest row of feed_session says: `open` or `close`. */
  readonly event: string | null
}

const staleMs = 300_000

/** Judges whether trades come in: an open session without any is suspicious while a venue trades. */
export function judgeNewestRow({ tradeUs, sessionUs, event }: NewestRows, calendar: TradingCalendar, nowMs: number): Judgement {
  if (sessionUs === null) return warn('no session was ever stored', 'tickhouse collect and tickhouse sink')
  const newestMs = Math.max(tradeUs ?? 0, sessionUs) / 1000
  const trade = tradeUs === null ? 'no trade was ever stored' : `the newest trade is ${age(nowMs - tradeUs / 1000)} old`
  if (event !== 'open') return ok(`${trade}, and no session is open`)
  if (nowMs - newestMs < staleMs) return ok(trade)
  const closed = closedWord(calendar, nowMs * 1000)
  if (closed !== null) return ok(`${trade}; the market is ${closed}`)
  if (!tradesSince(calendar, nowMs * 1000, staleMs)) return ok(`${trade}, and no venue trades price by price for long`)
  return warn(`${trade}, although a session is open while the market trades`, 'see what /ready and the logs of collector and sink say')
}

/** The age of the newest row. */
export const newestRow: Check = {
  name: 'newest row',
  needs: ['questdb'],
  look: async ({ env, store }, signal) => {
    const [[trade], [session]] = await Promise.all([
      store!.query<{ us: number | null }>('SELECT max(timestamp) AS us FROM trade', signal),
      store!.query<{ us: number; event: string }>(
        `SELECT timestamp AS us, event FROM feed_session WHERE event != 'notice' LIMIT -1`,
        signal,
      ),
    ])
    const rows = { tradeUs: trade?.us ?? null, sessionUs: session?.us ?? null, event: session?.event ?? null }
    return [judgeNewestRow(rows, loadCalendar(env), Date.now())]
  },
}
