import { crc32 } from 'node:zlib'

/** What an entry holds: a raw frame of the venue, JSON text about a gap in the feed, the close of the session or something that the venue said, or nothing but its time. */
export type EntryKind = 'frame' | 'gap' | 'close' | 'heartbeat' | 'notice'

/** One entry as read back; `bytes` is a view and stays valid as long as it is held. */
export interface Entry {
  readonly kind: EntryKind
  readonly timeUs: number
  /** Where it begins in its segment; an entry that stands for damage, where that begins. */
  readonly offset: number
  readonly bytes: Buffer
}

/**
 * An entry on disk, little endian: length u32 | crc32 u32 | time f64, µs since 1970 | kind u8 | `length` bytes.
 * The checksum starts from the length and covers everything after itself, so that no field can change unseen.
 */
export const entryOverheadBytes = 17

/** Longest content of one entry; a longer length on disk is damage. */
export const maxContentBytes = 16 * 1024 * 1024

/** The kind byte of the entry that every segment begins with. */
export const headerKind = 1

const kinds: readonly (EntryKind | undefined)[] = [undefined, undefined, 'frame', 'gap', 'close', 'heartbeat', 'notice']
const kindBytes: Readonly<Record<EntryKind, number>> = { frame: 2, gap: 3, close: 4, heartbeat: 5, notice: 6 }

/** The byte that stands for a kind on disk. */
export function kindByteOf(kind: EntryKind): number {
  return kindBytes[kind]
}

/** Writes one entry at `at` and returns the offset behind it; the target must have room. */
export function encodeEntry(target: Buffer, at: number, kindByte: number, timeUs: number, content: Buffer): number {
  const length = content.length
  const end = at + entryOverheadBytes + length
  target.writeUInt32LE(length, at)
  target.writeDoubleLE(timeUs, at + 8)
  target[at + 16] = kindByte
  content.copy(target, at + entryOverheadBytes)
  target.writeUInt32LE(crc32(target.subarray(at + 8, end), length), at + 4)
  return end
}

/** Whether the bytes at `at` could begin an entry, told without its checksum: a kind, a length and a time that make sense. */
function isPlausible(bytes: Buffer, at: number): boolean {
  const kind = bytes[at + 16] as number
  if (kind < headerKind || kind >= kinds.length || bytes.readUInt32LE(at) > maxContentBytes) return false
  const timeUs = bytes.readDoubleLE(at + 8)
  return timeUs >= 0 && Number.isSafeInteger(timeUs)
}

/** What stands at an offset: a whole entry, less than an entry (`needed` bytes would hold it), or something damaged. */
export type Probe = { readonly state: 'whole'; readonly end: number } | { readonly state: 'short'; readonly needed: number } | 'damaged'

/** Looks at `bytes` from `at` up to `limit` and checks the entry that begins there. */
export function probeEntry(bytes: Buffer, at: number, limit: number): Probe {
  if (limit - at < entryOverheadBytes) return { state: 'short', needed: entryOverheadBytes }
  if (!isPlausible(bytes, at)) return 'damaged'
  const end = endOfEntry(bytes, at)
  if (end > limit) return { state: 'short', needed: end - at }
  const isSound = crc32(bytes.subarray(at + 8, end), bytes.readUInt32LE(at)) === bytes.readUInt32LE(at + 4)
  return isSound ? { state: 'whole', end } : 'damaged'
}

/** Where the entry at `at` ends, by its length alone. */
export function endOfEntry(bytes: Buffer, at: number): number {
  return at + entryOverheadBytes + bytes.readUInt32LE(at)
}

/** Whether the whole entry at `at` is a segment's header. */
export function isHeader(bytes: Buffer, at: number): boolean {
  return bytes[at + 16] === headerKind
}

/** The entry at `at`, already known to be whole and to end at `end`; `origin` is where `bytes` begin in their segment. */
export function viewEntry(bytes: Buffer, at: number, end: number, origin = 0): Entry {
  return {
    kind: kinds[bytes[at + 16] as number] as EntryKind,
    timeUs: bytes.readDoubleLE(at + 8),
    offset: origin + at,
    bytes: bytes.subarray(at + entryOverheadBytes, end),
  }
}
