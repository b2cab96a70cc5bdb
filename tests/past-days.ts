import { dateAfter, dateAt, TradingCalendar } from '@tickhouse/calendar'

/** The usual trading days of the last week in Korea, the latest first. Each is over at any hour, which today is not, and recent enough for the topics. */
export function pastDays(): string[] {
  const calendar = new TradingCalendar()
  const today = dateAt(Date.now() * 1000)
  const dates = Array.from({ length: 6 }, (_, index) => dateAfter(today, -1 - index))
  return dates.filter(date => calendar.dayOf(date).kind === 'regular')
}
