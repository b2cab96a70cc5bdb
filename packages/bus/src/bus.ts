import type { Logger, Registry } from '@tickhouse/runtime'
import { type Compression, defaultCompression, packerOf } from './compression/packing.ts'
import { translate } from './errors.ts'
import {
  type Access,
  type BrokerDisk,
  brokerDisks,
  type Cluster,
  checkGroupRights,
  committedOffsets,
  createAccess,
  createKafka,
  createTopics,
  disconnect,
  type FetchPosition,
  type KafkaOptions,
  offsetsAt,
  openCluster,
  partitionsOf,
  type Topics,
} from './kafkajs/index.ts'
import { createBusMetrics } from './metrics.ts'
import { KafkaPublisher, type Publisher } from './publish/publisher.ts'
import type { PublisherOptions } from './publish/publisher-deps.ts'
import { untilReached } from './reach.ts'
import { GroupReader, type GroupReaderOptions } from './read/group-reader.ts'
import { follow, type OffsetRange, type ReadStart, readAt, readFrom, readToEnd } from './read/without-group.ts'
import { type KafkaRecord, type OnRecord, type OnRecords, partitionKey, type TopicPartition } from './records.ts'
import type { BatchLimits } from './wire/batches.ts'

/** Where Kafka is, and where this package says and counts what it does. */
export interface BusOptions extends KafkaOptions {
  readonly log: Logger
  readonly registry: Registry
  /** How large one request may get; well below Kafka's own limits by default. */
  readonly batchLimits?: Partial<BatchLimits>
  /** How long a send may take before it is in doubt; 2 minutes by default. */
  readonly sendTimeoutMs?: number
  /** How records are packed that are published; zstd by default. */
  readonly compression?: Compression
}

/** How far a group is behind in a partition. */
export interface PartitionLag extends TopicPartition {
  /** Null when the group has committed nothing yet. */
  readonly committed: number | null
  readonly end: number
  readonly lag: number
}

/** Kafka. Nothing is connected before it is needed; whatever waits for Kafka says so and can be stopped by its signal. */
export interface Bus {
  readonly topics: Topics
  readonly access: Access
  /** Publishes; with `refusalTimeouts` it gives up a topic that refuses while Kafka takes others. */
  publisher(options?: PublisherOptions): Publisher
  /** Reads topics as a member of a group, one fetch at a time. */
  reader(options: GroupReaderOptions): GroupReader
  /**
   * Reads what is not older than `sinceMs`, up to the end that the topics have now. Throws BUS_BATCH_UNREADABLE after all the rest is read
   * when a record batch cannot be; `details.batches` names them where there are several.
   */
  readSince(topics: readonly string[], sinceMs: number, onRecord: OnRecord, signal?: AbortSignal): Promise<void>
  /**
   * Reads from known offsets, or from a moment where none is known, up to the end that the topics have now; tells what it read of each partition. Does not wait for
   * topics without a leader, as those calls do that are about what they hold.
   */
  readFrom(topics: readonly string[], from: ReadStart, onRecord: OnRecord, signal?: AbortSignal): Promise<OffsetRange>
  /** Reads everything, up to the end that the topics have now; throws as `readSince` does. */
  scan(topics: readonly string[], onRecord: OnRecord, signal?: AbortSignal): Promise<void>
  /** The one record at a position; undefined when it has expired, or nothing stands there yet. */
  recordAt(position: FetchPosition, signal?: AbortSignal): Promise<KafkaRecord | undefined>
  /**
   * Reads what is not older than `sinceMs`, or what comes from now on, and goes on until the signal aborts; then it resolves. A partition
   * that cannot be read waits, is looked at again, and the others go on: `onUnreadable` hears of it once.
   */
  follow(
    topics: readonly string[],
    sinceMs: number | undefined,
    onRecords: OnRecords,
    signal: AbortSignal,
    onUnreadable?: (error: Error) => void,
  ): Promise<void>
  /** How far a group is behind, per partition. */
  lag(groupId: string, topics: readonly string[], signal?: AbortSignal): Promise<PartitionLag[]>
  /** How much room there is on the disks of the brokers; brokers before Kafka 3.3 do not tell. Throws BUS_NOT_ALLOWED where the user may not describe the cluster. */
  disks(signal?: AbortSignal): Promise<BrokerDisk[]>
  /** The offset that the next record of each partition will get. */
  endOffsets(topics: readonly string[], signal?: AbortSignal): Promise<(TopicPartition & { readonly offset: number })[]>
}

const defaultBatchLimits: BatchLimits = { partitionBytes: 256 << 10, requestBytes: 2 << 20 }

/** Kafka at these brokers. */
export function connectBus(options: BusOptions): Bus {
  const log = options.log.child({ component: 'bus' })
  const kafka = createKafka(options, log)
  const metrics = createBusMetrics(options.registry)
  const reach = { brokers: options.brokers, log }
  const limits = { ...defaultBatchLimits, ...options.batchLimits }
  const sending = { kafka, metrics, reach, limits, log, sendTimeoutMs: options.sendTimeoutMs }

  async function withCluster<T>(
    topics: readonly string[],
    doing: string,
    signal: AbortSignal | undefined,
    work: (cluster: Cluster, all: TopicPartition[]) => Promise<T>,
    failOn: readonly string[] = [],
  ): Promise<T> {
    try {
      await using open = await untilReached(
        () => openCluster(kafka, topics),
        { ...reach, signal, failOn: ['BUS_TOPIC_MISSING', ...failOn] },
        disconnect,
      )
      return await work(open.cluster, partitionsOf(open.cluster, topics))
    } catch (error) {
      throw translate(error, doing)
    }
  }

  return {
    topics: createTopics(kafka, reach, log),
    access: createAccess(kafka, reach, log),
    publisher: publisherOptions =>
      new KafkaPublisher({ ...sending, packer: packerOf(options.compression ?? defaultCompression), ...publisherOptions }),
    reader: readerOptions => new GroupReader({ kafka, metrics, reach, log }, readerOptions),
    readSince: (topics, sinceMs, onRecord, signal) =>
      withCluster(topics, 'Reading', signal, (cluster, all) => readToEnd(cluster, all, { sinceMs }, onRecord, { log, signal })),
    readFrom: (topics, from, onRecord, signal) =>
      withCluster(topics, 'Reading', signal, (cluster, all) => readFrom(cluster, all, from, onRecord, { log, signal }), [
        'BUS_TOPIC_UNAVAILABLE',
      ]),
    scan: (topics, onRecord, signal) =>
      withCluster(topics, 'Reading', signal, (cluster, all) => readToEnd(cluster, all, 'earliest', onRecord, { log, signal })),
    recordAt: (position, signal) => withCluster([position.topic], 'Reading', signal, cluster => readAt(cluster, position, { log, signal })),
    follow: (topics, sinceMs, onRecords, signal, onUnreadable) =>
      withCluster(topics, 'Reading', signal, (cluster, all) =>
        follow(cluster, all, sinceMs === undefined ? 'latest' : { sinceMs }, onRecords, { log, signal, onUnreadable }),
      ).catch(error => {
        if (!signal.aborted) throw error
      }),
    lag: (groupId, topics, signal) => withCluster(topics, 'Asking for the lag', signal, (cluster, all) => lagOf(cluster, groupId, all)),
    disks: signal => withCluster([], 'Asking for the disks', signal, brokerDisks),
    endOffsets: (topics, signal) =>
      withCluster(topics, 'Asking for the ends', signal, async (cluster, all) => {
        const ends = await offsetsAt(cluster, all, 'latest')
        return all.map(partition => ({ ...partition, offset: ends.get(partitionKey(partition))! }))
      }),
  }
}

async function lagOf(cluster: Cluster, groupId: string, partitions: readonly TopicPartition[]): Promise<PartitionLag[]> {
  await checkGroupRights(cluster, groupId)
  const committed = await committedOffsets(cluster, groupId, partitions)
  const [earliest, ends] = [await offsetsAt(cluster, partitions, 'earliest'), await offsetsAt(cluster, partitions, 'latest')]
  const offsets = new Map(committed.map(offset => [partitionKey(offset), offset.offset]))
  return partitions.map(partition => {
    const key = partitionKey(partition)
    const [done, end] = [offsets.get(key) ?? null, ends.get(key)!]
    return { ...partition, committed: done, end, lag: Math.max(0, end - (done ?? earliest.get(key)!)) }
  })
}
