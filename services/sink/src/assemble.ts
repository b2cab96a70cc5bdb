import { connectBus, type KafkaOptions, type Publisher, type RoundReader } from '@tickhouse/bus'
import { entityOfTopic } from '@tickhouse/catalogue'
import type { Lifecycle, Logger, Registry } from '@tickhouse/runtime'
import { openStore, type Store } from '@tickhouse/store'
import { type AssignmentParts, createStartAt } from './assignment.ts'
import { Commits } from './commits.ts'
import { fetchLimitsOf, laneLimitsOf, type SinkConfig } from './config.ts'
import { Heartbeats } from './heartbeats.ts'
import { HeldDatasets } from './held-datasets.ts'
import { Lanes } from './lanes.ts'
import { Ledger } from './ledger.ts'
import { lostRecordsMessage } from './lost-records.ts'
import { createSinkMetrics, declareReadings, type SinkMetrics } from './metrics.ts'
import { ReadyTables } from './ready-tables.ts'
import { RemadeTables } from './remade-tables.ts'
import { ServerDisks } from './server-disks.ts'
import type { StatusParts } from './status.ts'
import { SuspendedTables } from './suspended-tables.ts'
import { SinkTables, sinkTopics } from './tables.ts'
import { WriteReports } from './write-reports.ts'

/** What a sink is made from. */
export interface Ingredients {
  readonly config: SinkConfig
  readonly kafka: Pick<KafkaOptions, 'brokers' | 'sasl' | 'ssl'>
  readonly log: Logger
  readonly lifecycle: Lifecycle
  readonly registry: Registry
  /** Ends the waiting for what is under way when the sink is to stop. */
  readonly patience: AbortSignal
}

/** The parts of a sink, put together; nothing is connected yet. */
export interface Sink {
  readonly reader: RoundReader
  readonly store: Store
  readonly suspended: SuspendedTables
  readonly remade: RemadeTables
  readonly heartbeats: Heartbeats
  readonly disks: ServerDisks
  readonly lanes: Lanes
  readonly status: StatusParts
}

/** Puts a sink together; the lifecycle closes what it opens. */
export function assemble({ config, kafka, log, lifecycle, registry, patience }: Ingredients): Sink {
  const { signal } = lifecycle
  const { groupId, sessionTimeoutMs, questdb: configurationString } = config
  const metrics = createSinkMetrics(registry)
  const reports = new WriteReports(metrics)
  const bus = connectBus({ ...kafka, clientId: 'tickhouse-sink', log, registry })
  const store = lifecycle.own('store', openStore({ configurationString, log, onRequest: report => reports.note(report) }))
  const publisher = lifecycle.own('publisher', bus.publisher())
  const commits = new Commits(() => remade.look())
  const ledger = new Ledger(metrics, log)
  const tables = new SinkTables(store)
  const heartbeats = new Heartbeats({
    store,
    onVisible: seconds => metrics.captureToQueryable.observe(seconds),
    isStoreFailing: () => storeProblem() !== null,
  })
  const suspended = new SuspendedTables({ store, commits, metrics, log, onAnswer: () => reports.answered() })
  const disks = new ServerDisks(bus, config.questdbFolder)
  const ready = new ReadyTables({ store, log, signal })
  const startAt = createStartAt({
    store,
    ready,
    lookAtTables: () => remade.look(),
    commits,
    metrics,
    log,
    signal,
    onLost: lostRecords(publisher, metrics, log, signal),
  })
  const reader = lifecycle.own(
    'group',
    bus.reader({
      groupId,
      sessionTimeoutMs,
      topics: sinkTopics,
      startAt,
      limits: fetchLimitsOf(config),
      wants: place => lanes.wants(place),
    }),
  )
  const held = new HeldDatasets({ reader, tables, reports, log, signal })
  const lanes = new Lanes({ tables, publisher, commits, ledger, held, limits: laneLimitsOf(config) }, patience)
  const remade = new RemadeTables({ store, signal: patience, onGone: entity => held.readAgain(entity) })
  const storeProblem = () => reports.problem(held.names)
  const status: StatusParts = { reader, commits, lanes, ledger, tables, heartbeats, disks, suspended, ready, held, storeProblem }
  declareReadings(registry, status)
  return { reader, store, suspended, remade, heartbeats, disks, lanes, status }
}

/** Says that records are lost: in the log, in the metrics, and as a gap in Kafka. */
function lostRecords(publisher: Publisher, metrics: SinkMetrics, log: Logger, signal: AbortSignal): AssignmentParts['onLost'] {
  return async (state, lost, last) => {
    const { topic, partition } = state
    log.error({ topic, partition, ...lost }, 'Records can no longer be read; they are recorded as a gap')
    metrics.gaps.inc({ reason: lost.reason })
    metrics.lost.inc({ dataset: entityOfTopic(topic)!.name }, lost.to === null ? 0 : lost.to - lost.from)
    await publisher.publish([lostRecordsMessage(state, lost, last, Date.now() * 1_000)], signal)
  }
}
