import { createRequire } from 'node:module'
import { crc32cInScript } from './crc32c-script.ts'

/** The checksum of Kafka's record batches (CRC-32C, Castagnoli), as a signed number. */
export const crc32c: (bytes: Buffer) => number = inHardware() ?? crc32cInScript

/** By the instruction that processors have for it; undefined where its package is not built for this machine. */
function inHardware(): ((bytes: Buffer) => number) | undefined {
  try {
    const native = createRequire(import.meta.url)('@node-rs/crc32') as { crc32c(bytes: Buffer): number }
    return bytes => native.crc32c(bytes) | 0
  } catch {
    return undefined
  }
}
