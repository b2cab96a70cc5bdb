import { dayOf, type Interval, readClock } from '../korean-time.ts'

/** The hours of a date that have to be covered. */
export interface Window extends Interval {
  /** As people name it: `08:00-20:00` or `all`. */
  readonly name: string
}

/** The hours in which KRX or NXT trade. */
export const tradingHours = '08:00-20:00'

/** The window of a date that `08:00-20:00` or `all` names, Korean time; undefined for anything else. */
export function readWindow(name: string, date: string): Window | undefined {
  const day = dayOf(date)
  if (name === 'all') return { name, ...day }
  const [from, to, ...more] = name.split('-').map(readClock)
  if (from === undefined || to === undefined || from >= to || more.length > 0) return undefined
  return { name, fromUs: day.fromUs + from, toUs: day.fromUs + to }
}
