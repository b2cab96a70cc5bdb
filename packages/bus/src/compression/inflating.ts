/** Compressed data that is not what its codec writes. */
export class CorruptData extends Error {
  override readonly name = 'CorruptData'
}

/** Compressed data that is larger than it may be when inflated. */
export class TooLarge extends Error {
  override readonly name = 'TooLarge'
}

/** A buffer of the size that the data claims. Throws when that is more than `maxBytes`. */
export function roomFor(size: number, maxBytes: number): Buffer {
  if (size > maxBytes) throw new TooLarge()
  return Buffer.allocUnsafeSlow(size)
}

/** Copies bytes from `distance` before `to` to there; the two may overlap, and then the bytes repeat. */
export function copyWithin(out: Buffer, to: number, distance: number, length: number): void {
  const from = to - distance
  if (distance === 0 || from < 0) throw new CorruptData('a copy begins before the data')
  if (distance >= length && length > 32) {
    out.copyWithin(to, from, from + length)
    return
  }
  for (let index = 0; index < length; index++) out[to + index] = out[from + index]!
}
