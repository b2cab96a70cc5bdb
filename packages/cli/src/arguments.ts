import { koreanDateOf } from '@tickhouse/calendar'
import { parseDurationMs } from '@tickhouse/runtime'
import { InvalidArgumentError, Option } from 'commander'

/** `--data <folder>`, the same on every verb: there is what `start` keeps, and the addresses that are not in the environment. */
export function dataOption(): Option {
  return new Option('--data <folder>', 'data folder of `tickhouse start`').default('.tickhouse')
}

/** ms of an argument such as `10s`. */
export function durationMs(value: string): number {
  const ms = parseDurationMs(value)
  if (ms === undefined) throw new InvalidArgumentError('Expected a duration such as 10s or 1m.')
  return ms
}

/** An argument that is a whole number of at least 0. */
export function count(value: string): number {
  const number = /^\d+$/.test(value) ? Number(value) : Number.NaN
  if (!Number.isSafeInteger(number)) throw new InvalidArgumentError('Expected a whole number of at least 0.')
  return number
}

/** An argument that is the number of a port; 0 stands for any that is free. */
export function port(value: string): number {
  const number = count(value)
  if (number > 65_535) throw new InvalidArgumentError('Expected a port from 0 to 65535.')
  return number
}

/** µs since the epoch of an argument such as `2026-11-22` or `2026-11-22T09:00+09:00`; UTC unless it says otherwise. */
export function timeUs(value: string): number {
  const isZoned = /^\d{4}-\d\d-\d\d$|(Z|[+-]\d\d:\d\d)$/.test(value)
  const ms = /^\d{4}-\d\d-\d\d(T|$)/.test(value) ? Date.parse(isZoned ? value : `${value}Z`) : Number.NaN
  if (Number.isNaN(ms))
    throw new InvalidArgumentError('Expected a time such as 2026-11-22, 2026-11-22T09:00 (UTC) or 2026-11-22T09:00+09:00.')
  return ms * 1000
}

/** A Korean date of an argument such as `2026-11-25`, `today` or `yesterday`. */
export function koreanDate(value: string): string {
  const date = koreanDateOf(value, Date.now() * 1000)
  if (date === undefined) throw new InvalidArgumentError('Expected a date such as 2026-11-25, today or yesterday.')
  return date
}
