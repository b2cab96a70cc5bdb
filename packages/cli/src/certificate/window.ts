import { type TradingCalendar, tradingVenues } from '@tickhouse/calendar'
import { dayOf, type Interval, koreanTime, readClock } from '../korean-time.ts'

/** The hours of a date that have to be covered. */
export interface Window extends Interval {
  /** As people name it: `08:00-20:00` or `all`. */
  readonly name: string
}

/** The hours in which KRX or NXT trade on a regular day. */
export const tradingHours = '08:00-20:00'

/** The window that a date has by the calendar: from the first phase of any venue to the last; the hours of a regular day where it has none. */
export function windowBy(calendar: TradingCalendar, date: string): Window {
  const phases = tradingVenues.flatMap(venue => calendar.phasesOf(date, venue))
  if (phases.length === 0) return readWindow(tradingHours, date)!
  const [fromUs, toUs] = [Math.min(...phases.map(phase => phase.fromUs)), Math.max(...phases.map(phase => phase.toUs))]
  return { name: `${clock(fromUs)}-${clock(toUs)}`, fromUs, toUs }
}

/** The window of a date that `08:00-20:00` or `all` names, Korean time; undefined for anything else. */
export function readWindow(name: string, date: string): Window | undefined {
  const day = dayOf(date)
  if (name === 'all') return { name, ...day }
  const [from, to, ...more] = name.split('-').map(readClock)
  if (from === undefined || to === undefined || from >= to || more.length > 0) return undefined
  return { name, fromUs: day.fromUs + from, toUs: day.fromUs + to }
}

function clock(us: number): string {
  return koreanTime(us).slice(11, 19).replace(/:00$/, '')
}
