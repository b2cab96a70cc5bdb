import type { KafkaConfig } from 'kafkajs'
import type { DatasetName } from '../decode.ts'
import type { From } from './position.ts'

/** What to read, and from where. */
export interface ReaderOptions<D extends DatasetName = DatasetName> {
  /** Where Kafka is and how to get in, as kafkajs has it: `{ brokers: ['127.0.0.1:9092'] }`. */
  readonly kafka: KafkaConfig
  readonly datasets: readonly D[]
  /** Only records of these symbols. */
  readonly symbols?: readonly string[]
  /** `latest` by default. In a group it counts for what the group has committed nothing of. */
  readonly from?: From
  /** Joins a consumer group, which then keeps the position and shares the partitions out. Without, this reader reads all of them. */
  readonly group?: string
  /** How many records of each partition are read before the first one that is told, to know repeats of them: 10,000 by default. */
  readonly lookBack?: number
  /** How long later numbers must have been there before a missing one is told as a jump: a minute by default. */
  readonly settleMs?: number
  /** Hears what broke and mends itself: a connection, a broker that is away. */
  readonly onTrouble?: (error: Error) => void
}
