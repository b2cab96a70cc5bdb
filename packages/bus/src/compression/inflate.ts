import { gunzipSync } from 'node:zlib'
import { TooLarge } from './inflating.ts'
import { inflateLz4 } from './lz4.ts'
import { inflateSnappy } from './snappy.ts'
import { KeptUnzstd } from './unzstd.ts'

/** Inflates to `maxBytes` at most. */
type Inflate = (bytes: Buffer, maxBytes: number) => Buffer

interface Codec {
  readonly name: string
  readonly inflate: Inflate
}

const zstd = new KeptUnzstd()

/** Kafka's codecs, by their number in a record batch. */
const codecs: ReadonlyMap<number, Codec> = new Map([
  [1, { name: 'gzip', inflate: (bytes, maxBytes) => gunzipSync(bytes, { maxOutputLength: maxBytes }) }],
  [2, { name: 'snappy', inflate: inflateSnappy }],
  [3, { name: 'lz4', inflate: inflateLz4 }],
  [4, { name: 'zstd', inflate: (bytes, maxBytes) => zstd.inflate(bytes, maxBytes) }],
])

/** Inflates what a codec of Kafka has written, or says in words why that cannot be: unknown, corrupt, or too large. */
export function inflate(codec: number, bytes: Buffer, maxBytes: number): Buffer | string {
  const known = codecs.get(codec)
  if (known === undefined) return `compressed with codec ${codec}, which is unknown`
  try {
    return known.inflate(bytes, maxBytes)
  } catch (error) {
    if (isTooLarge(error)) return `${known.name}: larger than ${maxBytes} bytes when inflated`
    return `${known.name}: its data is corrupt (${(error as Error).message})`
  }
}

function isTooLarge(error: unknown): boolean {
  return error instanceof TooLarge || (error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE'
}
