import { createRequire } from 'node:module'
import { KeptZstd } from './kept-zstd.ts'

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
