import { constants, ZstdDecompress, zstdDecompressSync } from 'node:zlib'
import { roomFor } from './inflating.ts'

/** What `node:zlib` works with behind its streams, and does not document. */
interface Inside {
  _handle: {
    writeSync(flush: number, input: Buffer, from: number, length: number, output: Buffer, at: number, room: number): void
    onerror(...reason: unknown[]): void
    reset(): void
  }
  /** After a write: what is left of the room, and of the input. */
  readonly _writeState: Uint32Array
}

/**
 * Inflates zstd by one context that is kept, into a buffer of the size that the frame tells. `zstdDecompressSync` makes a new context each time, which takes
 * 15 µs, and puts the bytes together from pieces. Frames that do not tell their size, and whatever else is unusual, go the documented way, which also says what
 * is wrong with them.
 */
export class KeptUnzstd {
  readonly #make: () => ZstdDecompress
  #context: Inside | undefined
  #hasFailed = false

  constructor(make = () => new ZstdDecompress()) {
    this.#make = make
    this.#context = this.#renewed()
    if (!this.#works()) this.#context = undefined
  }

  /** False where each call makes a context of its own. */
  get isKept(): boolean {
    return this.#context !== undefined
  }

  /** Throws as `zstdDecompressSync` does, and `TooLarge`. */
  inflate(bytes: Buffer, maxBytes: number): Buffer {
    const size = this.#context === undefined ? undefined : contentSize(bytes)
    const inflated = size === undefined ? undefined : this.#inflateKept(this.#context!, bytes, roomFor(size, maxBytes))
    return inflated ?? zstdDecompressSync(bytes, { maxOutputLength: maxBytes })
  }

  /** Undefined where the frame does not fill the room exactly, or is not alone. */
  #inflateKept(context: Inside, bytes: Buffer, room: Buffer): Buffer | undefined {
    this.#hasFailed = false
    context._handle.writeSync(constants.ZSTD_e_end, bytes, 0, bytes.length, room, 0, room.length)
    const [roomLeft, inputLeft] = context._writeState as unknown as [number, number]
    if (!this.#hasFailed && roomLeft === 0 && inputLeft === 0) return room
    this.#context = this.#renewed()
    return undefined
  }

  /** A context that says that it has failed, in place of ending a stream that nobody reads. */
  #renewed(): Inside | undefined {
    const context = this.#make() as unknown as Partial<Inside>
    if (context._handle === undefined || context._writeState === undefined) return undefined
    context._handle.onerror = () => {
      this.#hasFailed = true
    }
    return context as Inside
  }

  #works(): boolean {
    try {
      return samples.every(({ packed, text }) => this.inflate(packed, 1 << 10).equals(text) && this.isKept)
    } catch {
      return false
    }
  }
}

/** Two texts as zstd has them, one after the other: the second shows that nothing of the first is left. */
const samples = ['first', 'second'].map(text => ({
  text: Buffer.from(text),
  // A frame of one segment with a size of one byte, and one raw block, which is the last.
  packed: Buffer.concat([Buffer.of(0x28, 0xb5, 0x2f, 0xfd, 0x20, text.length, (text.length << 3) | 1, 0, 0), Buffer.from(text)]),
}))

const magic = 0xfd2fb528
const idBytes = [0, 1, 2, 4]

/** The size that a frame says it has (RFC 8878, 3.1.1.1); undefined where it says none, is no such frame, or is larger than a batch can be. */
export function contentSize(bytes: Buffer): number | undefined {
  if (bytes.length < 14 || bytes.readUInt32LE(0) !== magic) return undefined
  const descriptor = bytes[4]!
  const isOneSegment = (descriptor & 0x20) !== 0
  const at = 5 + (isOneSegment ? 0 : 1) + idBytes[descriptor & 3]!
  switch (descriptor >>> 6) {
    case 0:
      return isOneSegment ? bytes[at] : undefined
    case 1:
      return bytes.readUInt16LE(at) + 256
    case 2:
      return bytes.readUInt32LE(at)
    default:
      return undefined
  }
}
