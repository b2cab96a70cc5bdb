import type { KafkaRecord } from '@tickhouse/bus'
import type { Numbered } from './sequences.ts'

const beginning = Buffer.from('{"timestamp":')
const sessionMark = Buffer.from('"session":"')
const seqMark = Buffer.from('","seq":')
const [zero, nine] = [0x30, 0x39]
/** µs since the epoch have no more until the year 33658. */
const maxDigits = 18

/** The time that a record as we publish it begins with, µs; undefined for any other bytes. */
export function timestampIn(value: Buffer | null): number | undefined {
  if (value === null || value.length <= beginning.length || beginning.compare(value, 0, beginning.length) !== 0) return undefined
  return digitsAt(value, beginning.length)
}

/** A record's time, µs: its own, or Kafka's where it tells none. */
export function timeOf({ value, timestampMs }: KafkaRecord): number {
  return timestampIn(value) ?? timestampMs * 1_000
}

/** Time, session and number of a record as we publish it; undefined for any other bytes. */
export function numberedIn(value: Buffer | null): Numbered | undefined {
  const timestamp = timestampIn(value)
  if (timestamp === undefined) return undefined
  const session = value!.indexOf(sessionMark, beginning.length)
  if (session < 0) return undefined
  const end = value!.indexOf(seqMark, session + sessionMark.length)
  if (end < 0) return undefined
  const seq = digitsAt(value!, end + seqMark.length)
  return seq === undefined ? undefined : { session: value!.toString('latin1', session + sessionMark.length, end), seq, timestamp }
}

/** The number in decimal digits that stands there; undefined where none does, or a larger one than can be exact. */
function digitsAt(value: Buffer, start: number): number | undefined {
  let number = 0
  let at = start
  for (let digit = value[at]!; digit >= zero && digit <= nine; digit = value[++at]!) number = number * 10 + digit - zero
  const digits = at - start
  return digits === 0 || digits > maxDigits || !Number.isSafeInteger(number) ? undefined : number
}
