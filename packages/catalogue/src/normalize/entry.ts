import { headBytes, maxReadBytes } from './bounds.ts'

/** One entry of the journal: a frame as received, or JSON of our own (`gap`: `Gap`, `close`: `{ reason }`, `notice`: `{ kind, code, text }`, `open` and `heartbeat`: anything). */
export interface NormalizerEntry {
  readonly kind: 'open' | 'frame' | 'gap' | 'close' | 'heartbeat' | 'notice'
  /** Capture time, µs since the epoch. */
  readonly timeUs: number
  readonly text: string
  /** Of a frame that is too large to be read, whose beginning `text` is: how many bytes it has. */
  readonly bytes?: number
  /** Where it stands in the journal, which dead letters name whose text is cut. */
  readonly segment?: number
  readonly offset?: number
}

/** An entry as the journal gives it: its bytes, and where it begins in its segment. */
export interface StoredEntry {
  readonly kind: NormalizerEntry['kind']
  readonly timeUs: number
  readonly bytes: Buffer
  readonly offset: number
}

/** What the normalizer takes of an entry: of a frame that is too large only the beginning becomes text, and its size is told. */
export function admitted({ kind, timeUs, bytes, offset }: StoredEntry, segment: number): NormalizerEntry {
  if (bytes.length <= maxReadBytes || kind !== 'frame') return { kind, timeUs, text: bytes.toString('utf8'), segment, offset }
  return { kind, timeUs, text: bytes.toString('utf8', 0, headBytes), bytes: bytes.length, segment, offset }
}
