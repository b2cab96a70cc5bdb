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
