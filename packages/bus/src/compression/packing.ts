import { createRequire } from 'node:module'
import { constants, ZstdCompress, zstdCompressSync, zstdDecompressSync } from 'node:zlib'

/** How batches may be packed that we publish. */
export const compressions = ['none', 'lz4', 'zstd'] as const

export type Compression = (typeof compressions)[number]

/** Half of what LZ4 leaves, for the same time. */
export const defaultCompression: Compression = 'zstd'

/** Packs the records of batches. */
export interface Packer {
  /** Its number in a record batch. */
  readonly codec: number
  /** The version of the Produce request from which on a broker takes it. */
  readonly minVersion: number
  /** The same in fewer bytes, good until the next call; undefined where it would not be fewer. */
  pack(bytes: Buffer): Buffer | undefined
}

/** Records of fewer bytes than this are sent as they are: a heartbeat, a notice. Packing costs some microseconds at both ends, whatever there is to save (decision 0122). */
export const minPackedBytes = 1_024

const codecs = { lz4: 3, zstd: 4 }
/** With message format 2 a broker takes LZ4 from the beginning; zstd came with Kafka 2.1. */
const versions = { lz4: 3, zstd: 7 }

/** Undefined where nothing is packed. Throws for LZ4 on a machine for which its package is not built. */
export function packerOf(compression: Compression): Packer | undefined {
  if (compression === 'none') return undefined
  const pack = compression === 'zstd' ? zstd() : lz4()
  return {
    codec: codecs[compression],
    minVersion: versions[compression],
    pack: bytes => {
      const packed = pack(bytes)
      return packed !== undefined && packed.length < bytes.length ? packed : undefined
    },
  }
}

function zstd(): (bytes: Buffer) => Buffer | undefined {
  const kept = new KeptZstd()
  return bytes => kept.pack(bytes)
}

function lz4(): (bytes: Buffer) => Buffer {
  const { compressFrameSync } = createRequire(import.meta.url)('lz4-napi') as { compressFrameSync(bytes: Buffer): Buffer }
  return compressFrameSync
}

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
