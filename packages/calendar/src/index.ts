export { type MarketPhase, TradingCalendar, type TradingDay } from './calendar.ts'
export { type CalendarChanges, CalendarFileError, type FileProblem, noChanges, readChanges } from './changes.ts'
export { type DayKind, type PhaseKind, type TradingVenue, tradingVenues } from './hours.ts'
export { icalendar } from './ical.ts'
export { always, type Interval, joined, overlaps, secondsOf, uncovered, within } from './interval.ts'
export {
  dateAfter,
  dateAt,
  dayOf,
  isDate,
  type KoreanDate,
  koreanDateOf,
  koreanTime,
  momentOf,
  readClock,
  readTime,
} from './korean-time.ts'
export { calendarSettings, loadCalendar } from './load-calendar.ts'
export { closedWord, tradesSince } from './market-word.ts'
export { type PhaseChange, phaseChanges, type RowVenue, rowVenues } from './phase-changes.ts'
