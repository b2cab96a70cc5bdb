import type { Kafka, Producer, RecordMetadata, TopicMessages } from 'kafkajs'
import type { PartitionBatch } from '../batches.ts'
import { BusError } from '../errors.ts'
import { endsAfter } from '../partition-answers.ts'
import { partitionKey } from '../records.ts'
import { forMoment } from '../until-aborted.ts'
import { byTopic } from './cluster.ts'
import { metadataMaxAgeMs } from './kafka-client.ts'
import type { LeaderWatch } from './leader-watch.ts'
import type { Offsets } from './offsets.ts'

/**
 * One identity of an idempotent producer. Kafka numbers what it appends per identity and partition, and kafkajs takes a number
 * back when a request fails; so a request that is repeated unchanged, before any other, is appended once however often it arrives.
 * That holds across `reconnect`; a new IdempotentProducer is a new identity, and what the old one left in doubt must be looked for.
 */
export class IdempotentProducer {
  readonly #producer: Producer
  readonly #watch: LeaderWatch

  constructor(kafka: Kafka, watch: LeaderWatch) {
    this.#watch = watch
    this.#producer = kafka.producer({
      idempotent: true,
      allowAutoTopicCreation: false,
      metadataMaxAge: metadataMaxAgeMs,
      createPartitioner: watch.partitioner,
      retry: { retries: 1 },
    })
  }

  /** Connects and gets the identity from Kafka. */
  async connect(): Promise<void> {
    await this.#producer.connect()
  }

  /** Gives up the connections but keeps the identity: for connections that no longer answer. */
  async reconnect(): Promise<void> {
    await forMoment(this.#producer.disconnect())
    await this.#producer.connect()
  }

  /** Sends batches whose partitions have one leader; resolves when every in-sync replica has them, with the offset that follows in each partition, where Kafka says it. */
  async send(batches: readonly PartitionBatch[]): Promise<Offsets> {
    const topicMessages = topicMessagesOf(batches)
    this.#watch.expect(topicMessages as Parameters<LeaderWatch['expect']>[0])
    const answers = await this.#producer.sendBatch({ acks: -1, timeout: replicasMs, topicMessages })
    expectAll(batches, answers)
    return endsAfter(
      batches,
      answers.map(({ topicName: topic, partition, baseOffset = '-1' }) => ({ topic, partition, baseOffset: Number(baseOffset) })),
    )
  }

  async close(): Promise<void> {
    await forMoment(this.#producer.disconnect())
  }
}

/**
 * How long a leader waits for its replicas before it says that they have not answered. Shorter than we wait for the leader: it takes nothing else from a connection
 * meanwhile, so that even asking for the leaders would end in silence.
 */
const replicasMs = 10_000

function topicMessagesOf(batches: readonly PartitionBatch[]): TopicMessages[] {
  return byTopic(batches).map(({ topic, partitions }) => ({ topic, messages: partitions.flatMap(({ messages }) => messages) }))
}

/** An acknowledgement that leaves a partition out is none. */
function expectAll(batches: readonly PartitionBatch[], answers: readonly RecordMetadata[]): void {
  const acknowledged = new Set(answers.map(({ topicName, partition }) => partitionKey({ topic: topicName, partition })))
  const left = batches.filter(batch => !acknowledged.has(partitionKey(batch)))
  if (left.length > 0)
    throw new BusError('BUS_ACKNOWLEDGEMENT_INCOMPLETE', `Kafka did not acknowledge ${left.map(partitionKey).join(', ')}`)
}
