/** Where things stand in a record batch (message format 2); https://kafka.apache.org/documentation/#recordbatch */
export const at = {
  length: 8,
  leaderEpoch: 12,
  magic: 16,
  checksum: 17,
  attributes: 21,
  lastOffsetDelta: 23,
  baseTime: 27,
  maxTime: 35,
  producerId: 43,
  producerEpoch: 51,
  sequence: 53,
  count: 57,
}

/** The header of a batch up to its records. */
export const headerBytes = 61

/** What the length does not count: the base offset and itself. */
export const uncountedBytes = 12

export const currentMagic = 2

/** The bits of the attributes that tell the codec. */
export const compressionMask = 0x07
