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
const koreaMs = 9 * 3_600_000

/** Judges whether trades come in: an open session without any is suspicious in trading hours. */
export function judgeNewestRow({ tradeUs, sessionUs, event }: NewestRows, nowMs: number): Judgement {
  if (sessionUs === null) return warn('no session was ever stored', 'tickhouse collect and tickhouse sink')
  const newestMs = Math.max(tradeUs ?? 0, sessionUs) / 1000
  const trade = tradeUs === null ? 'no trade was ever stored' : `the newest trade is ${age(nowMs - tradeUs / 1000)} old`
  if (event !== 'open') return ok(`${trade}, and no session is open`)
  if (nowMs - newestMs < staleMs) return ok(trade)
  if (!isTradingTime(nowMs)) return ok(`${trade}, outside of trading hours`)
  return warn(
    `${trade}, although a session is open in trading hours (a holiday?)`,
    'see what /ready and the logs of collector and sink say',
  )
}

/** Monday to Friday from 08:00 to 20:00 in Seoul: from NXT's first session to its last. Holidays are not known here. */
export function isTradingTime(nowMs: number): boolean {
  const seoul = new Date(nowMs + koreaMs)
  const [day, hour] = [seoul.getUTCDay(), seoul.getUTCHours()]
  return day >= 1 && day <= 5 && hour >= 8 && hour < 20
}

/** The age of the newest row. */
export const newestRow: Check = {
  name: 'newest row',
  needs: ['questdb'],
  look: async ({ store }, signal) => {
    const [[trade], [session]] = await Promise.all([
      store!.query<{ us: number | null }>('SELECT max(timestamp) AS us FROM trade', signal),
      store!.query<{ us: number; event: string }>(
        `SELECT timestamp AS us, event FROM feed_session WHERE event != 'notice' LIMIT -1`,
        signal,
      ),
    ])
    const rows = { tradeUs: trade?.us ?? null, sessionUs: session?.us ?? null, event: session?.event ?? null }
    return [judgeNewestRow(rows, Date.now())]
  },
}
