import { createHash } from 'node:crypto'
import type { Entry } from '@tickhouse/journal'

const headBytes = 13

/**
 * SHA-256 over the entries of a session as they are read, whatever their files look like. Each entry counts as: length of its bytes (u32, little endian),
 * time in µs (f64, little endian), first letter of its kind (f, g, c, n or h), its bytes.
 */
export class EntryChecksum {
  entries = 0
  bytes = 0
  readonly #hash = createHash('sha256')
  #scratch = Buffer.allocUnsafeSlow(2 << 20)

  add(entries: readonly Entry[]): void {
    const { length } = this.#scratch
    const needed = entries.reduce((sum, { bytes }) => sum + headBytes + bytes.length, 0)
    if (needed > length) this.#scratch = Buffer.allocUnsafeSlow(Math.max(needed, length * 2))
    let at = 0
    for (const entry of entries) at = this.#write(entry, at)
    this.#hash.update(this.#scratch.subarray(0, at))
    this.entries += entries.length
    this.bytes += at - entries.length * headBytes
  }

  /** The checksum so far, in hexadecimal digits. */
  digest(): string {
    return this.#hash.copy().digest('hex')
  }

  #write({ kind, timeUs, bytes }: Entry, at: number): number {
    const scratch = this.#scratch
    scratch.writeUInt32LE(bytes.length, at)
    scratch.writeDoubleLE(timeUs, at + 4)
    scratch[at + 12] = kind.charCodeAt(0)
    bytes.copy(scratch, at + headBytes)
    return at + headBytes + bytes.length
  }
}
