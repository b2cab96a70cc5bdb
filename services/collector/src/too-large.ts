import { cut, type Produced } from '@tickhouse/catalogue'

/** A batch for one partition may have 256 KiB; what a record takes beside its value is far less than the rest. */
const mostBytes = 240 * 1024
/** No character of text takes more bytes. */
const bytesPerUnit = 3
const rawLength = 16 * 1024

/** Whether a record is larger than Kafka is ever asked to take. */
export function isLarge({ json }: Produced): boolean {
  return json.length > mostBytes / bytesPerUnit && Buffer.byteLength(json) > mostBytes
}

/** The dead letter that stands in a topic in place of a record that is too large for it: with its number, so that the session has no hole. */
export function letterInstead({ series, timestamp, seq, json, found }: Produced, session: string): Produced {
  const detail = `Expected at most ${mostBytes} bytes, was ${Buffer.byteLength(json)}`
  const header = { timestamp, symbol: '*', venue: '*', session, seq }
  const about = series === 'dead_letter' ? '*' : series
  const letter = { ...header, stage: 'collector', dataset: about, reason: 'too_large', detail, raw: cut(json, rawLength).toWellFormed() }
  return { dataset: 'dead_letter', series, symbol: header.symbol, timestamp, seq, json: JSON.stringify(letter), ...(found && { found }) }
}
