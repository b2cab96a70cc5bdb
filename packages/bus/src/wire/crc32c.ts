import { createRequire } from 'node:module'

/** Eight tables, so that eight bytes are taken at a time: the sum of a byte followed by none to seven others. */
const tables = Array.from({ length: 8 }, () => new Int32Array(256))
const polynomial = 0x82f63b78

for (let byte = 0; byte < 256; byte++) {
  let sum = byte
  for (let bit = 0; bit < 8; bit++) sum = (sum & 1) === 1 ? (sum >>> 1) ^ polynomial : sum >>> 1
  tables[0]![byte] = sum
}
for (let table = 1; table < 8; table++)
  for (let byte = 0; byte < 256; byte++) {
    const before = tables[table - 1]![byte]!
    tables[table]![byte] = (before >>> 8) ^ tables[0]![before & 0xff]!
  }

const [t0, t1, t2, t3, t4, t5, t6, t7] = tables as [
  Int32Array,
  Int32Array,
  Int32Array,
  Int32Array,
  Int32Array,
  Int32Array,
  Int32Array,
  Int32Array,
]

/** CRC-32C in JavaScript, eight bytes at a time: for where nothing faster can be had. */
export function crc32cInScript(bytes: Buffer): number {
  const end = bytes.length
  let sum = -1
  let at = 0
  for (; at + 8 <= end; at += 8) {
    sum ^= bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24)
    sum =
      t7[sum & 0xff]! ^
      t6[(sum >>> 8) & 0xff]! ^
      t5[(sum >>> 16) & 0xff]! ^
      t4[sum >>> 24]! ^
      t3[bytes[at + 4]!]! ^
      t2[bytes[at + 5]!]! ^
      t1[bytes[at + 6]!]! ^
      t0[bytes[at + 7]!]!
  }
  for (; at < end; at++) sum = (sum >>> 8) ^ t0[(sum ^ bytes[at]!) & 0xff]!
  return ~sum
}

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
