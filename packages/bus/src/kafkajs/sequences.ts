import { partitionKey, type TopicPartition } from '../records.ts'

/** Kafka counts up to here, and then from 0. */
const greatest = 2 ** 31 - 1

/** How many records one identity has brought to each partition: Kafka drops a batch whose number it has. A request that failed has moved nothing, so its repetition has the same numbers. */
export class ProducerSequences {
  readonly #next = new Map<string, number>()

  of(partition: TopicPartition): number {
    return this.#next.get(partitionKey(partition)) ?? 0
  }

  /** So many more are acknowledged. */
  move(partition: TopicPartition, records: number): void {
    this.#next.set(partitionKey(partition), (this.of(partition) + records) % (greatest + 1))
  }
}
