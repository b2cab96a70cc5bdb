import { cut } from './bounds.ts'
import type { Produced } from './produced.ts'

/** A batch for one partition may have 256 KiB; what a record takes beside its value is far less than the rest. */
const maxBytes = 240 * 1024
/** No character of text takes more bytes. */
const bytesPerUnit = 3
const rawLength = 16 * 1024

/** Whether a record is larger than Kafka is ever asked to take. */
export function isLarge({ json }: Produced): boolean {
  return json.length > maxBytes / bytesPerUnit && Buffer.byteLength(json) > maxBytes
}

/** What is published of a record: itself, or, where it is too large, a dead letter with its number, so that the session has no hole. */
export function publishedAs(made: Produced, session: string): Produced {
  return isLarge(made) ? deadLetterInstead(made, session) : made
}

function deadLetterInstead({ series, timestamp, seq, json, found }: Produced, session: string): Produced {
  const detail = `Expected at most ${maxBytes} bytes, was ${Buffer.byteLength(json)}`
  const header = { timestamp, symbol: '*', venue: '*', session, seq }
  const about = series === 'dead_letter' ? '*' : series
  const letter = { ...header, stage: 'collector', dataset: about, reason: 'too_large', detail, raw: cut(json, rawLength).toWellFormed() }
  return { dataset: 'dead_letter', series, symbol: header.symbol, timestamp, seq, json: JSON.stringify(letter), ...(found && { found }) }
}
