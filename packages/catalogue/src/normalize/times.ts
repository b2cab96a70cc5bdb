import { type ReadNumber, UNREADABLE } from './numbers.ts'

const DAY_SECONDS = 86_400
const KOREA_OFFSET_SECONDS = 9 * 3600
const MICROSECONDS = 1_000_000
/** How far a time of a record may lie after its capture before it must be of the day before. */
const TOLERANCE_SECONDS = 600
const DAYS_IN_MONTH = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]

/** Two digits at a place, or NaN. */
function pair(text: string, at: number): number {
  const tens = text.charCodeAt(at) - 48
  const ones = text.charCodeAt(at + 1) - 48
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : Number.NaN
}

/** HHMMSS as seconds; hours up to `maxHours`. NaN for anything else. */
function secondsOf(text: string, maxHours: number): number {
  if (text.length !== 6) return Number.NaN
  const hours = pair(text, 0)
  const minutes = pair(text, 2)
  const seconds = pair(text, 4)
  return hours <= maxHours && minutes <= 59 && seconds <= 59 ? hours * 3600 + minutes * 60 + seconds : Number.NaN
}

/** The number of the Korean date on which a moment lies. */
export function koreanDay(timeUs: number): number {
  return Math.floor((timeUs / MICROSECONDS + KOREA_OFFSET_SECONDS) / DAY_SECONDS)
}

/** HHMMSS as a length of time, in seconds. */
export function readDuration(text: string): ReadNumber {
  const seconds = secondsOf(text, 99)
  return Number.isNaN(seconds) ? UNREADABLE : seconds
}

/** HHMMSS on the Korean date that lies nearest to the capture, as µs since the epoch. */
export function readExchangeTime(text: string, capturedAtUs: number): ReadNumber {
  const seconds = secondsOf(text, 23)
  return Number.isNaN(seconds) ? UNREADABLE : nearestMoment(seconds, capturedAtUs)
}

/** HHMMSS of the past: on the Korean date of the capture, or the day before if that is over ten minutes after it. */
export function readPastTime(text: string, capturedAtUs: number): ReadNumber {
  const seconds = secondsOf(text, 23)
  return Number.isNaN(seconds) ? UNREADABLE : pastMoment(seconds, capturedAtUs)
}

/** YYYYMMDD as µs of 00:00 UTC of that calendar date. */
export function readDate(text: string): ReadNumber {
  if (text.length !== 8) return UNREADABLE
  const moment = dateMoment(pair(text, 0) * 100 + pair(text, 2), pair(text, 4), pair(text, 6))
  return Number.isNaN(moment) ? UNREADABLE : moment
}

/** So many seconds after a Korean midnight: that moment, µs, which lies nearest to the capture. */
export function nearestMoment(seconds: number, capturedAtUs: number): number {
  const korean = Math.floor(capturedAtUs / MICROSECONDS) + KOREA_OFFSET_SECONDS
  let candidate = Math.floor(korean / DAY_SECONDS) * DAY_SECONDS + seconds
  if (candidate - korean > DAY_SECONDS / 2) candidate -= DAY_SECONDS
  else if (korean - candidate > DAY_SECONDS / 2) candidate += DAY_SECONDS
  return (candidate - KOREA_OFFSET_SECONDS) * MICROSECONDS
}

/** So many seconds after a Korean midnight: the last such moment, µs, that lies before the capture, or at most ten minutes after it. */
export function pastMoment(seconds: number, capturedAtUs: number): number {
  const korean = Math.floor(capturedAtUs / MICROSECONDS) + KOREA_OFFSET_SECONDS
  let candidate = Math.floor(korean / DAY_SECONDS) * DAY_SECONDS + seconds
  if (candidate - korean > TOLERANCE_SECONDS) candidate -= DAY_SECONDS
  return (candidate - KOREA_OFFSET_SECONDS) * MICROSECONDS
}

/** A calendar date as µs of its 00:00 UTC; NaN where there is no such date since 1900. */
export function dateMoment(year: number, month: number, day: number): number {
  const leap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0
  const last = month === 2 && leap ? 29 : (DAYS_IN_MONTH[month - 1] ?? 0)
  return year >= 1900 && day >= 1 && day <= last ? Date.UTC(year, month - 1, day) * 1000 : Number.NaN
}
