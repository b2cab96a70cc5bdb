import { BusError } from './errors.ts'
import { partitionKey } from './records.ts'
import type { PartitionBatch } from './wire/batches.ts'

/** Thrown before anything is sent: the partitions of this request have different leaders by now. */
export class LeadersSplit extends Error {
  override readonly name = 'LeadersSplit'
}

/** A partition as the metadata have it. */
export interface LedPartition {
  readonly partition: number
  readonly leader: number
  /** How many brokers have it. */
  readonly replicas: number
}

/**
 * Who leads what is written to. Each request goes to one broker: over several, the first failure would repeat the whole request while another broker's answer is still
 * on its way. So the leaders that a request is cut by are those that it is sent by, or it is not sent.
 */
export class Leaders {
  readonly #leaders = new Map<string, number>()
  readonly #partitions = new Map<string, number>()
  #replicas = 1

  /** The number of partitions that were last seen of a topic. */
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

  /** Takes over what the metadata say about a topic. */
  learn(topic: string, partitions: readonly LedPartition[]): void {
    this.#partitions.set(topic, partitions.length)
    for (const { partition, leader, replicas } of partitions) {
      this.#leaders.set(partitionKey({ topic, partition }), leader)
      this.#replicas = Math.max(this.#replicas, replicas)
    }
  }

  /** The batches that go to the same broker as the first one, as far as the leaders are known. */
  oneLeader(batches: readonly PartitionBatch[]): PartitionBatch[] {
    const leader = this.#leaders.get(partitionKey(batches[0]!))
    return batches.filter(batch => this.#leaders.get(partitionKey(batch)) === leader)
  }

  /** The broker that leads all of them, as was learnt last. Throws where there are several, or a partition does not exist. */
  leaderOf(batches: readonly PartitionBatch[]): number {
    const leaders = new Set(batches.map(batch => this.#leaderOf(batch)))
    if (leaders.size > 1) throw new LeadersSplit('The partitions have different leaders')
    return [...leaders][0]!
  }

  #leaderOf(batch: PartitionBatch): number {
    const { topic, partition } = batch
    const leader = this.#leaders.get(partitionKey(batch))
    if (leader !== undefined && partition < this.#partitions.get(topic)!) return leader
    throw new BusError('BUS_PARTITION_MISSING', `Partition ${partition} of ${topic} does not exist`, { topics: [topic], partition })
  }
}
