import type { Interval } from './interval.ts'

/** How far Korean time is ahead of UTC; there is no summer time. */
const koreaOffsetMs = 9 * 3_600_000
const dayMs = 24 * 3_600_000
const dayUs = 1_000 * dayMs

const timeForm = /^(\d{4}-\d{2}-\d{2})[T ](\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,6}))?)?(Z|[+-]\d{2}:?\d{2})?$/
const clockForm = /^(\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,6}))?)?$/

/** A Korean date as `2026-11-19`. */
export type KoreanDate = string

/** True for a date that the calendar has. */
export function isDate(text: string): boolean {
  return /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(text)) && new Date(Date.parse(text)).toISOString().startsWith(text)
}

/** The date `days` later, or earlier. */
export function dateAfter(date: KoreanDate, days = 1): KoreanDate {
  return new Date(Date.parse(date) + days * dayMs).toISOString().slice(0, 10)
}

export function isWeekend(date: KoreanDate): boolean {
  return new Date(Date.parse(date)).getUTCDay() % 6 === 0
}

/** The Korean date of a moment, µs since the epoch. */
export function dateAt(us: number): KoreanDate {
  return new Date(us / 1000 + koreaOffsetMs).toISOString().slice(0, 10)
}

/** The moment of a clock time on a Korean date, µs since the epoch; `24:00` is the end of the day. */
export function momentOf(date: KoreanDate, clock: string): number {
  const [hours, minutes, seconds = 0] = clock.split(':').map(Number)
  return (Date.parse(date) - koreaOffsetMs + ((hours! * 60 + minutes!) * 60 + seconds) * 1_000) * 1_000
}

/** True for `09:00` and `09:00:30`, up to `24:00`. */
export function isClock(text: string): boolean {
  return /^([01]\d|2[0-3]):[0-5]\d(:[0-5]\d)?$/.test(text) || text === '24:00'
}

/** A moment as people in Korea write it: `2026-11-25T09:00:00.123+09:00`. */
export function koreanTime(us: number): string {
  return `${new Date(Math.floor((us + koreaOffsetMs * 1_000) / 1000)).toISOString().slice(0, -1)}+09:00`
}

/** The Korean date that a word means: `2026-11-25`, `today` or `yesterday`; undefined for anything else. */
export function koreanDateOf(word: string, nowUs: number): string | undefined {
  if (word === 'today') return dateAt(nowUs)
  if (word === 'yesterday') return dateAt(nowUs - dayUs)
  return startOf(word) === undefined ? undefined : word
}

/** A Korean date from its first moment to that of the next one. */
export function dayOf(date: string): Interval {
  const fromUs = startOf(date)!
  return { fromUs, toUs: fromUs + dayUs }
}

/** A moment such as `2026-11-25T09:00`, in Korean time unless it names a zone; a date alone is the whole date. Undefined for anything else. */
export function readTime(word: string, nowUs: number): Interval | undefined {
  const date = koreanDateOf(word, nowUs)
  if (date !== undefined) return dayOf(date)
  const [, day = '', hours, minutes, seconds, fraction, zone] = timeForm.exec(word) ?? []
  const startUs = startOf(day)
  const sinceMidnightUs = clockUs(hours, minutes, seconds, fraction)
  const eastUs = zoneUs(zone)
  if (startUs === undefined || sinceMidnightUs === undefined || eastUs === undefined) return undefined
  const us = startUs + sinceMidnightUs + koreaOffsetMs * 1_000 - eastUs
  return { fromUs: us, toUs: us }
}

/** µs since midnight of `09:00`, `09:00:30` or `09:00:30.250`; `24:00` is the end of the day. Undefined for anything else. */
export function readClock(word: string): number | undefined {
  if (word === '24:00') return dayUs
  const [, hours, minutes, seconds, fraction] = clockForm.exec(word) ?? []
  return clockUs(hours, minutes, seconds, fraction)
}

/** The first moment of a Korean date; undefined for what the calendar does not have. */
function startOf(date: string): number | undefined {
  return isDate(date) ? momentOf(date, '00:00') : undefined
}

function clockUs(hours?: string, minutes?: string, seconds = '0', fraction = ''): number | undefined {
  const [hour, minute, second] = [Number(hours), Number(minutes), Number(seconds)]
  if (!(hour < 24 && minute < 60 && second < 60)) return undefined
  return ((hour * 60 + minute) * 60 + second) * 1_000_000 + Number(fraction.padEnd(6, '0'))
}

/** How far east of Greenwich a zone lies; Korea when none is named. */
function zoneUs(zone = '+09:00'): number | undefined {
  if (zone === 'Z') return 0
  const eastUs = clockUs(zone.slice(1, 3), zone.slice(-2))
  return eastUs === undefined || zone[0] === '+' ? eastUs : -eastUs
}
