import { dateMoment, nearestMoment, pastMoment } from '../times.ts'
import { ZERO } from './characters.ts'
import { UNUSUAL, writeInteger } from './numbers.ts'

/** Frames captured before this are left to the long way: times of the day before could lie before 1970; µs since then. */
export const EARLIEST_US = 3 * 86_400 * 1_000_000

/** HHMMSS of the past as µs; the place after it, or `UNUSUAL`. */
export function writePastTime(bytes: Buffer, from: number, to: number, out: Buffer, at: number, capturedAtUs: number): number {
  const seconds = secondsIn(bytes, from, to, 23)
  return seconds < 0 ? UNUSUAL : writeInteger(pastMoment(seconds, capturedAtUs), out, at)
}

/** HHMMSS on the Korean date that lies nearest to the capture, as µs; the place after it, or `UNUSUAL`. */
export function writeExchangeTime(bytes: Buffer, from: number, to: number, out: Buffer, at: number, capturedAtUs: number): number {
  const seconds = secondsIn(bytes, from, to, 23)
  return seconds < 0 ? UNUSUAL : writeInteger(nearestMoment(seconds, capturedAtUs), out, at)
}

/** HHMMSS as a length of time, in seconds; the place after it, or `UNUSUAL`. */
export function writeDuration(bytes: Buffer, from: number, to: number, out: Buffer, at: number): number {
  const seconds = secondsIn(bytes, from, to, 99)
  return seconds < 0 ? UNUSUAL : writeInteger(seconds, out, at)
}

/** YYYYMMDD as µs of 00:00 UTC; the place after it, or `UNUSUAL`, also for dates before 1970. */
export function writeDate(bytes: Buffer, from: number, to: number, out: Buffer, at: number): number {
  if (to - from !== 8) return UNUSUAL
  const year = pairAt(bytes, from) * 100 + pairAt(bytes, from + 2)
  const moment = dateMoment(year, pairAt(bytes, from + 4), pairAt(bytes, from + 6))
  return moment >= 0 ? writeInteger(moment, out, at) : UNUSUAL
}

/** HHMMSS as seconds; -1 for anything else, or more hours than that. */
function secondsIn(bytes: Buffer, from: number, to: number, maxHours: number): number {
  if (to - from !== 6) return -1
  const hours = pairAt(bytes, from)
  const minutes = pairAt(bytes, from + 2)
  const seconds = pairAt(bytes, from + 4)
  return hours <= maxHours && minutes <= 59 && seconds <= 59 ? hours * 3600 + minutes * 60 + seconds : -1
}

/** Two digits, or NaN. */
function pairAt(bytes: Buffer, at: number): number {
  const tens = bytes[at]! - ZERO
  const ones = bytes[at + 1]! - ZERO
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : Number.NaN
}
