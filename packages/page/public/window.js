// Which stretch of time the line shows. Nothing here touches the page.

const [leastMs, mostMs] = [600_000, 6 * 3_600_000]

/**
 * The last six hours, or less when all that there is began later; never less than ten minutes.
 * @param {readonly { fromMs: number, toMs: number | null }[]} sessions
 * @param {readonly { fromMs: number, toMs: number }[]} gaps
 * @param {number} nowMs
 */
export function windowOf(sessions, gaps, nowMs) {
  const starts = [...sessions, ...gaps].filter(({ toMs }) => (toMs ?? nowMs) > nowMs - mostMs).map(({ fromMs }) => fromMs)
  const first = Math.min(nowMs, ...starts)
  const length = Math.min(mostMs, Math.max(leastMs, (nowMs - first) * 1.04))
  return { fromMs: nowMs - length }
}
