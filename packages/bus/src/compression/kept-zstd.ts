import { constants, ZstdCompress, zstdCompressSync, zstdDecompressSync } from 'node:zlib'

/** What `node:zlib` works with behind its streams, and does not document. */
interface Inside {
  readonly _handle?: {
    writeSync(flush: number, input: Buffer, from: number, length: number, output: Buffer, at: number, room: number): void
  }
  /** After a write: what is left of the room, and of the input. */
  readonly _writeState?: Uint32Array
  reset(): void
}

type Context = ZstdCompress & Inside

const params = { [constants.ZSTD_c_compressionLevel]: 1 }
const firstRoom = 64 << 10

/**
 * Packs with zstd by one context that is kept. `zstdCompressSync` makes a new one each time, which takes 20 µs: as much as packing ten records does.
 * The context is reached by names that Node.js does not promise. It is tried when it is made, and what does not work as it did is left for the documented way.
 */
export class KeptZstd {
  #context: Context | undefined
  #room = Buffer.allocUnsafeSlow(firstRoom)

  constructor(context = new ZstdCompress({ params })) {
    this.#context = context as Context
    if (!this.#works()) this.#context = undefined
  }

  /** False where each call makes a context of its own. */
  get isKept(): boolean {
    return this.#context !== undefined
  }

  /** One whole frame, good until the next call; undefined where it is not smaller. */
  pack(bytes: Buffer): Buffer | undefined {
    return this.#context === undefined ? zstdCompressSync(bytes, { params }) : this.#packKept(this.#context, bytes)
  }

  #packKept(context: Context, bytes: Buffer): Buffer | undefined {
    const room = this.#roomFor(bytes.length)
    context._handle!.writeSync(constants.ZSTD_e_end, bytes, 0, bytes.length, room, 0, room.length)
    const [roomLeft, inputLeft] = context._writeState as unknown as [number, number]
    if (roomLeft > 0 && inputLeft === 0) return room.subarray(0, room.length - roomLeft)
    context.reset() // the frame is not whole: forget it
    return undefined
  }

  #roomFor(bytes: number): Buffer {
    if (bytes > this.#room.length) this.#room = Buffer.allocUnsafeSlow(bytes * 2)
    return this.#room
  }

  /** Two frames one after the other are what went in. */
  #works(): boolean {
    try {
      return ['{"a":1}', '{"a":12}'].every(text => {
        const bytes = Buffer.from(text.repeat(100))
        return zstdDecompressSync(this.pack(bytes)!).equals(bytes)
      })
    } catch {
      return false
    }
  }
}
