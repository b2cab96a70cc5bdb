import kafkajs from 'kafkajs'

/** The partition of a key in a topic of that many partitions. */
export type PartitionOf = (topic: string, key: string, partitions: number) => number

const maxRemembered = 100_000

/** Kafka's own rule (murmur2 of the key, as in the Java client), worked out once per key and remembered. */
export function createPartitionOf(): PartitionOf {
  const partitioner = kafkajs.Partitioners.DefaultPartitioner()
  const remembered = new Map<number, Map<string, number>>()
  return (topic, key, partitions) => {
    const keys = keysOf(remembered, partitions)
    const known = keys.get(key)
    if (known !== undefined) return known
    const partition = partitioner({ topic, partitionMetadata: new Array(partitions).fill({ leader: 0 }), message: { key, value: null } })
    keys.set(key, partition)
    return partition
  }
}

function keysOf(remembered: Map<number, Map<string, number>>, partitions: number): Map<string, number> {
  const keys = remembered.get(partitions)
  if (keys !== undefined && keys.size < maxRemembered) return keys
  const fresh = new Map<string, number>()
  remembered.set(partitions, fresh)
  return fresh
}
