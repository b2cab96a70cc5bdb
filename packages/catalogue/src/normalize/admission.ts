import { headBytes, maxReadBytes } from './bounds.ts'
import type { NormalizerEntry } from './session.ts'

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
