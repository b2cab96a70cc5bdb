import type { Broker, Cluster, Kafka } from 'kafkajs'
import type { Packer } from '../compression/packing.ts'
import { BusError } from '../errors.ts'
import type { Leaders } from '../leaders.ts'
import { type Offsets, partitionKey, type TopicPartition } from '../records.ts'
import type { PartitionBatch } from '../wire/batches.ts'
import { endsAfter, type PartitionAnswer } from '../wire/partition-answers.ts'
import { writeProduceRequest } from '../wire/produce-request.ts'
import { WireWriter } from '../wire/wire-writer.ts'
import { createCluster, ledPartitions } from './cluster.ts'
import { metadataMaxAgeMs } from './kafka-client.ts'
import { recovering } from './persist.ts'
import { type ProduceAnswer, produce } from './request-hooks.ts'

/** Who sends, as Kafka has named it. */
interface Identity {
  readonly producerId: number
  readonly producerEpoch: number
}

/** Left out of kafkajs' types. */
type NamingBroker = Broker & {
  initProducerId(options: { transactionTimeout: number }): Promise<{ producerId: string; producerEpoch: number }>
}

/**
 * One identity of an idempotent producer. Kafka numbers what it appends per identity and partition, and a request that fails moves no number;
 * so a request that is repeated unchanged, before any other, is appended once however often it arrives.
 * That holds across `recover`; a new IdempotentProducer is a new identity, and what the old one left in doubt must be looked for.
 */
export class IdempotentProducer {
  readonly #cluster: Cluster
  readonly #close: () => Promise<void>
  readonly #leaders: Leaders
  readonly #packer: Packer | undefined
  readonly #sequences = new ProducerSequences()
  readonly #writer = new WireWriter()
  #identity: Identity | undefined

  constructor(kafka: Kafka, leaders: Leaders, packer: Packer | undefined) {
    this.#leaders = leaders
    this.#packer = packer
    const { cluster, close } = createCluster(kafka, { metadataMaxAge: metadataMaxAgeMs })
    this.#cluster = cluster
    this.#close = close
  }

  /** Connects and gets the identity from Kafka. */
  async connect(): Promise<void> {
    await this.#cluster.connect()
    await this.#cluster.refreshMetadataIfNecessary()
    const broker = (await this.#cluster.findControllerBroker()) as NamingBroker
    const { producerId, producerEpoch } = await broker.initProducerId({ transactionTimeout: 60_000 })
    this.#identity = { producerId: Number(producerId), producerEpoch }
  }

  /** After a failure: gives up connections that no longer answer and looks up the leaders; the identity stays. */
  async recover(error: unknown, signal: AbortSignal | undefined): Promise<void> {
    await recovering(this.#cluster, error, signal)
  }

  /** Sends batches whose partitions have one leader, in a body of our own under kafkajs' header; resolves when every in-sync replica has them, with the offset that follows in each partition, where Kafka says it. */
  async send(batches: readonly PartitionBatch[]): Promise<Offsets> {
    const broker = await this.#leaderOf(batches)
    const answers = answersIn(await produce(broker, version => this.#written(batches, version)))
    expectAll(batches, answers)
    for (const batch of batches) this.#sequences.move(batch, batch.messages.length)
    return endsAfter(batches, answers)
  }

  /** A broker that does not know the codec gets records as they are. */
  #written(batches: readonly PartitionBatch[], version: number): Buffer {
    const numberingOf = (batch: PartitionBatch) => ({ ...this.#identity!, sequence: this.#sequences.of(batch) })
    const packer = version >= (this.#packer?.minVersion ?? 0) ? this.#packer : undefined
    return writeProduceRequest(this.#writer, batches, numberingOf, { timeoutMs: replicasMs, packer })
  }

  async #leaderOf(batches: readonly PartitionBatch[]): Promise<Broker> {
    const topics = [...new Set(batches.map(({ topic }) => topic))]
    await this.#cluster.addMultipleTargetTopics(topics)
    await this.#cluster.refreshMetadataIfNecessary()
    for (const topic of topics) this.#leaders.learn(topic, ledPartitions(this.#cluster, topic))
    return await this.#cluster.findBroker({ nodeId: String(this.#leaders.leaderOf(batches)) })
  }

  async close(): Promise<void> {
    await this.#close()
  }
}

/**
 * How long a leader waits for its replicas before it says that they have not answered. Shorter than we wait for the leader: it takes nothing else from a connection
 * meanwhile, so that even asking for the leaders would end in silence.
 */
const replicasMs = 10_000

function answersIn({ topics }: ProduceAnswer): PartitionAnswer[] {
  return topics.flatMap(({ topicName: topic, partitions }) =>
    partitions.map(({ partition, baseOffset }) => ({ topic, partition, baseOffset: Number(baseOffset) })),
  )
}

/** An acknowledgement that leaves a partition out is none. */
function expectAll(batches: readonly PartitionBatch[], answers: readonly PartitionAnswer[]): void {
  const acknowledged = new Set(answers.map(partitionKey))
  const left = batches.filter(batch => !acknowledged.has(partitionKey(batch)))
  if (left.length > 0)
    throw new BusError('BUS_ACKNOWLEDGEMENT_INCOMPLETE', `Kafka did not acknowledge ${left.map(partitionKey).join(', ')}`)
}

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
