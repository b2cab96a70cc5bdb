import type { KafkaRecord } from '@tickhouse/bus'

const beginning = Buffer.from('{"timestamp":')
const [zero, nine] = [0x30, 0x39]
/** µs since the epoch have no more until the year 33658. */
const mostDigits = 18

/** The time that a record as we publish it begins with, µs; undefined for any other bytes. */
export function timestampIn(value: Buffer | null): number | undefined {
  if (value === null || value.length <= beginning.length || beginning.compare(value, 0, beginning.length) !== 0) return undefined
  let time = 0
  let at = beginning.length
  for (let digit = value[at]!; digit >= zero && digit <= nine; digit = value[++at]!) time = time * 10 + digit - zero
  const digits = at - beginning.length
  return digits === 0 || digits > mostDigits || !Number.isSafeInteger(time) ? undefined : time
}

/** A record's time, µs: its own, or Kafka's where it tells none. */
export function timeOf({ value, timestampMs }: KafkaRecord): number {
  return timestampIn(value) ?? timestampMs * 1_000
}
