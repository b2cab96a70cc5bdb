import { connectBus, type GroupReader, type KafkaOptions, type Publisher } from '@tickhouse/bus'
import type { TradingCalendar } from '@tickhouse/calendar'
import { entityOfTopic } from '@tickhouse/catalogue'
import { abortLater, type HttpEndpoint, type Lifecycle, type Logger, type Registry, serveHttp } from '@tickhouse/runtime'
import { openStore, type Store } from '@tickhouse/store'
import { fetchLimitsOf, laneLimitsOf, type SinkConfig } from './config.ts'
import { createSinkMetrics, type SinkMetrics } from './metrics.ts'
import { type AssignmentDeps, createStartAt } from './read/assignment.ts'
import { Commits } from './read/commits.ts'
import { lostRecordsMessage } from './read/lost-records.ts'
import { Heartbeats } from './status/heartbeats.ts'
import { declareReadings } from './status/readings.ts'
import { ServerDisks } from './status/server-disks.ts'
import { problemsOf, statusOf } from './status/status.ts'
import { Counts } from './store/counts.ts'
import { HeldDatasets } from './store/held-datasets.ts'
import { Lanes } from './store/lanes.ts'
import { SinkTables, sinkTopics } from './store/sink-tables.ts'
import { WriteReports } from './store/write-reports.ts'
import { keepCalendar } from './tables/keep-calendar.ts'
import { keepConditions } from './tables/keep-conditions.ts'
import { keepInstruments, StoredTimes } from './tables/keep-instruments.ts'
import { ReadyTables } from './tables/ready-tables.ts'
import { RemadeTables } from './tables/remade-tables.ts'
import { SuspendedTables } from './tables/suspended-tables.ts'

/** What a sink is made from. */
export interface SinkDeps {
  readonly config: SinkConfig
  readonly kafka: Pick<KafkaOptions, 'brokers' | 'sasl' | 'ssl'>
  readonly calendar: TradingCalendar
  readonly log: Logger
  readonly lifecycle: Lifecycle
  readonly registry: Registry
}

/** A sink, put together; nothing is connected yet. */
export interface Sink {
  readonly reader: GroupReader
  readonly store: Store
  readonly lanes: Lanes
  /** Watches, beside the path, what QuestDB has and shows. */
  watch(): void
  /** Shows over HTTP how it is. */
  serve(): Promise<HttpEndpoint>
}

/** How long what is being stored may take when the sink is to stop. */
const stopTimeoutMs = 10_000

/** Puts a sink together; the lifecycle closes what it opens. */
export function wire({ config, kafka, calendar, log, lifecycle, registry }: SinkDeps): Sink {
  const { signal } = lifecycle
  const deadline = abortLater(signal, stopTimeoutMs)
  const metrics = createSinkMetrics(registry)
  const counts = new Counts(metrics, log)
  const reports = new WriteReports(metrics)
  const bus = connectBus({ ...kafka, clientId: 'tickhouse-sink', log, registry })
  const onRequest = reports.note.bind(reports)
  const store = lifecycle.own('store', openStore({ configurationString: config.questdb, log, onRequest }))
  const publisher = lifecycle.own('publisher', bus.publisher())
  const lookAtTables = () => remade.look()
  const commits = new Commits(lookAtTables)
  const tables = new SinkTables(store)
  const ready = new ReadyTables({ store, log, signal })
  const onLost = lostRecords(publisher, metrics, log, signal)
  const startAt = createStartAt({ store, ready, lookAtTables, commits, metrics, log, signal, onLost })
  const { groupId, sessionTimeoutMs } = config
  const reading = { groupId, sessionTimeoutMs, topics: sinkTopics, startAt, limits: fetchLimitsOf(config) }
  const reader = lifecycle.own('group', bus.reader({ ...reading, wants: place => lanes.wants(place) }))
  const held = new HeldDatasets({ reader, tables, reports, log, signal })
  const stored = new StoredTimes()
  const onRows = stored.note.bind(stored)
  const lanes = new Lanes({ tables, publisher, commits, counts, held, limits: laneLimitsOf(config), onRows }, deadline)
  const remade = new RemadeTables({ store, signal: deadline, onGone: entity => held.readAgain(entity) })
  const onLook = (names: ReadonlySet<string>) => commits.suspend(names)
  const suspended = new SuspendedTables({ store, metrics, log, onAnswer: () => reports.answered(), onLook })
  const storeProblem = () => reports.problem(held.names)
  const onVisible = (seconds: number) => metrics.captureToQueryable.observe(seconds)
  const heartbeats = new Heartbeats({ store, onVisible, isStoreFailing: () => storeProblem() !== null })
  const disks = new ServerDisks(bus, config.questdbFolder)
  const status = { reader, commits, lanes, counts, tables, heartbeats, disks, suspended, ready, held, storeProblem }
  declareReadings(registry, status)
  const watch = () => {
    lifecycle.run('tables', async stop => {
      await ready.untilAll()
      await Promise.all([
        keepCalendar({ store, calendar, log }, stop),
        keepConditions({ store, heartbeats, log }, stop),
        keepInstruments({ store, stored, log }, stop),
      ])
    })
    for (const [name, watched] of Object.entries({ suspended, remade, heartbeats, disks })) lifecycle.run(name, stop => watched.watch(stop))
  }
  const shown = { live: () => [], ready: () => problemsOf(status), status: () => statusOf(status) }
  const { host, port, hostNames } = config
  const serve = async () => lifecycle.own('http', await serveHttp({ host, port, hostNames, registry, log, ...shown }))
  return { reader, store, lanes, watch, serve }
}

/** Says that records are lost: in the log, in the metrics, and as a gap in Kafka. */
function lostRecords(publisher: Publisher, metrics: SinkMetrics, log: Logger, signal: AbortSignal): AssignmentDeps['onLost'] {
  return async (state, lost, last) => {
    const { topic, partition } = state
    log.error({ topic, partition, ...lost }, 'Records can no longer be read; they are recorded as a gap')
    metrics.gaps.inc({ reason: lost.reason })
    metrics.lost.inc({ dataset: entityOfTopic(topic)!.name }, lost.to === null ? 0 : lost.to - lost.from)
    await publisher.publish([lostRecordsMessage(state, lost, last, Date.now() * 1_000)], signal)
  }
}
