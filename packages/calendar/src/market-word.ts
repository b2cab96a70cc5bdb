import type { TradingCalendar } from './calendar.ts'
import { tradingVenues } from './hours.ts'
import { dateAt, koreanTime } from './korean-time.ts'

const weekdays = new Intl.DateTimeFormat('en', { weekday: 'long', timeZone: 'Asia/Seoul' })

/** Says that no venue trades at a moment (µs since the epoch), and until when: `closed until Monday 08:00`. Null while one trades, or when that is unknown. */
export function closedWord(calendar: TradingCalendar, nowUs: number): string | null {
  if (tradingVenues.some(venue => calendar.phasesAt(nowUs, venue).length > 0)) return null
  if (calendar.dayOf(dateAt(nowUs)).state === 'unknown') return null
  const next = calendar.nextOpening(nowUs)
  if (next === undefined) return 'closed, and when it opens is not known'
  const { fromUs } = next
  const [date, time] = [dateAt(fromUs), koreanTime(fromUs).slice(11, 16)]
  if (date === dateAt(nowUs)) return `closed until ${time}`
  const isNear = fromUs - nowUs < 6 * 86_400_000_000
  return `closed until ${isNear ? weekdays.format(fromUs / 1000) : date} ${time}`
}

/** True when a venue trades price by price at a moment, and has for so long, ms. */
export function tradesSince(calendar: TradingCalendar, nowUs: number, forMs: number): boolean {
  return tradingVenues.some(venue =>
    calendar.phasesAt(nowUs, venue).some(({ kind, fromUs }) => kind === 'continuous' && nowUs - fromUs >= forMs * 1000),
  )
}
