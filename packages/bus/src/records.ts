/** One partition of one topic. */
export interface TopicPartition {
  readonly topic: string
  readonly partition: number
}

/** One record as it stands in Kafka. `value` is null only for a tombstone. */
export interface KafkaRecord {
  readonly offset: number
  /** The record's time in Kafka, ms since 1970-01-01 UTC. */
  readonly timestampMs: number
  readonly key: Buffer | null
  readonly value: Buffer | null
}

/** Consecutive records of one partition, in order. */
export interface PartitionRecords extends TopicPartition {
  readonly records: readonly KafkaRecord[]
  /** What they take, inflated where they came packed. */
  readonly bytes: number
  /** True when some are views on Kafka's answer, which they keep in memory as a whole; those that came packed are not. */
  readonly isShared: boolean
  /** Where to read on: behind the last record, and behind what is not for readers (control records, records before the start). */
  readonly nextOffset: number
  /** The offset that the next record of this partition will get, as far as every replica has it. */
  readonly highWatermark: number
}

/** What a finite read calls for every record; a promise is waited for. */
export type OnRecord = (record: KafkaRecord & TopicPartition) => void | Promise<void>

/** What a follower calls with all records of one fetch, in order within each partition; a promise is waited for. */
export type OnRecords = (records: readonly (KafkaRecord & TopicPartition)[]) => void | Promise<void>

/** A key for maps: `topic/partition`. */
export function partitionKey({ topic, partition }: TopicPartition): string {
  return `${topic}/${partition}`
}

/** The same partitions grouped by topic, as Kafka's requests want them. */
export function byTopic<P extends TopicPartition>(partitions: readonly P[]): { topic: string; partitions: P[] }[] {
  const groups = new Map<string, P[]>()
  for (const partition of partitions) {
    const group = groups.get(partition.topic)
    if (group === undefined) groups.set(partition.topic, [partition])
    else group.push(partition)
  }
  return [...groups].map(([topic, group]) => ({ topic, partitions: group }))
}

/** Offsets by `partitionKey`. */
export type Offsets = Map<string, number>
