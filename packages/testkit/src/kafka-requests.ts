/** The kind of a request to Kafka: two bytes behind its length. */
function kindOf(bytes: Buffer): number | undefined {
  return bytes.length >= 6 ? bytes.readInt16BE(4) : undefined
}

/** True for the first bytes of a request that commits offsets of a group. */
export function isOffsetCommit(bytes: Buffer): boolean {
  return kindOf(bytes) === 8
}

/** True for the first bytes of a request that brings records. */
export function isProduce(bytes: Buffer): boolean {
  return kindOf(bytes) === 0
}
