import type { ICustomPartitioner, Message as KafkaMessage, PartitionMetadata } from 'kafkajs'
import type { PartitionBatch, WireMessage } from '../batches.ts'
import { BusError } from '../errors.ts'
import { partitionKey } from '../records.ts'

/** Thrown before anything is sent: the partitions of this request have different leaders by now. */
export class LeadersSplit extends Error {
  override readonly name = 'LeadersSplit'
}

/**
 * Makes sure that each request of kafkajs goes to one broker. A request over several brokers can double its records: when one
 * broker fails, kafkajs repeats the request while the other broker's answer is still on its way, and numbers the copy anew.
 * kafkajs asks its partitioner about every message on every attempt and shows it the leaders it is about to use; this is where
 * the watch stands. It also sees a partition that is missing, whose messages kafkajs would leave out without a word.
 */
export class LeaderWatch {
  readonly #leaders = new Map<string, number>()
  readonly #partitions = new Map<string, number>()
  readonly #seen = new Set<number>()
  #replicas = 1
  #first: WireMessage | undefined
  #last: WireMessage | undefined

  /** The number of partitions that kafkajs last saw of a topic. */
  partitionsOf(topic: string): number | undefined {
    return this.#partitions.get(topic)
  }

  /** The topics that were ever written to. */
  get topics(): string[] {
    return [...this.#partitions.keys()]
  }

  /** True when some partition has several replicas: what was appended may not be visible yet. */
  get isReplicated(): boolean {
    return this.#replicas > 1
  }

  /** Takes over what the metadata says about a topic. */
  learn(topic: string, metadata: readonly PartitionMetadata[]): void {
    this.#partitions.set(topic, metadata.length)
    for (const partition of metadata) this.#note(topic, partition)
  }

  /** The batches that go to the same broker as the first one, as far as the leaders are known. */
  oneLeader(batches: readonly PartitionBatch[]): PartitionBatch[] {
    const leader = this.#leaders.get(partitionKey(batches[0]!))
    return batches.filter(batch => this.#leaders.get(partitionKey(batch)) === leader)
  }

  /** Says which request comes next; its first and last message mark where each attempt begins and ends. */
  expect(request: readonly { readonly messages: readonly WireMessage[] }[]): void {
    this.#first = request[0]?.messages[0]
    this.#last = request.at(-1)?.messages.at(-1)
  }

  /** For kafkajs: gives each message the partition it already has, and watches the leaders of the attempt. */
  readonly partitioner: ICustomPartitioner = () => {
    let current: { topic: string; partition: number } | undefined
    return ({ topic, partitionMetadata, message }) => {
      const { partition } = message as KafkaMessage & { partition: number }
      if ((message as unknown) === this.#first) this.#seen.clear()
      if ((message as unknown) === this.#first || current?.topic !== topic || current.partition !== partition) {
        this.#seen.add(this.#leaderNow(topic, partition, partitionMetadata))
        current = { topic, partition }
      }
      if ((message as unknown) === this.#last && this.#seen.size > 1) throw new LeadersSplit('The partitions have different leaders')
      return partition
    }
  }

  #leaderNow(topic: string, partition: number, metadata: PartitionMetadata[]): number {
    this.#partitions.set(topic, metadata.length)
    const found = metadata.find(({ partitionId }) => partitionId === partition)
    if (found === undefined)
      throw new BusError('BUS_PARTITION_MISSING', `Partition ${partition} of ${topic} does not exist`, {
        topics: [topic],
        partition,
      })
    return this.#note(topic, found)
  }

  #note(topic: string, { partitionId, leader, replicas }: PartitionMetadata): number {
    this.#leaders.set(partitionKey({ topic, partition: partitionId }), leader)
    this.#replicas = Math.max(this.#replicas, replicas.length)
    return leader
  }
}
