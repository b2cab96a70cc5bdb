import { connectBus } from '@tickhouse/bus'
import { announce, printedConfig, runService, serveHttp } from '@tickhouse/runtime'
import { openStore } from '@tickhouse/store'
import { createStartAt } from './assignment.ts'
import { Commits } from './commits.ts'
import { limitsOf, loadSinkConfig, sinkSettings } from './config.ts'
import { drain } from './drain.ts'
import { Ledger } from './ledger.ts'
import { lostRecordsMessage } from './lost-records.ts'
import { createSinkMetrics, declareLag } from './metrics.ts'
import { untilTablesReady } from './ready-tables.ts'
import { lagByDataset, problemsOf, type StatusParts, statusOf } from './status.ts'
import { SuspendedTables } from './suspended-tables.ts'
import { SinkTables, sinkTopics } from './tables.ts'
import { WriteReports } from './write-reports.ts'

/** How long a round that is being stored may take when the sink is to stop. */
const patienceMs = 10_000

await runService('sink', async ({ env, log, lifecycle, registry }) => {
  const { config, kafka } = loadSinkConfig(env)
  if (printedConfig(sinkSettings, config)) return lifecycle.stop('the configuration was printed')
  const metrics = createSinkMetrics(registry)
  const reports = new WriteReports(metrics)
  const bus = connectBus({ ...kafka, clientId: 'tickhouse-sink', log, registry })
  const store = lifecycle.own('store', openStore({ configurationString: config.questdb, log, onRequest: report => reports.note(report) }))
  const publisher = lifecycle.own('publisher', bus.publisher())
  const commits = new Commits()
  const ledger = new Ledger(metrics, log)
  const suspended = new SuspendedTables({ store, commits, metrics, log })
  const startAt = createStartAt({
    store,
    commits,
    metrics,
    log,
    signal: lifecycle.signal,
    onLost: async (state, lost, last) => {
      const message = lostRecordsMessage(state, lost, last, Date.now() * 1_000)
      log.error({ topic: state.topic, partition: state.partition, ...lost }, 'Records can no longer be read; they are recorded as a gap')
      metrics.lost.inc({ dataset: state.topic }, lost.to === null ? 0 : lost.to - lost.from)
      await publisher.publish([message], lifecycle.signal)
    },
  })
  const { groupId, sessionTimeoutMs } = config
  const reader = lifecycle.own('group', bus.reader({ groupId, sessionTimeoutMs, topics: sinkTopics, startAt, limits: limitsOf(config) }))
  const status: StatusParts = { reader, commits, ledger, suspended, storeProblem: () => reports.problem }
  declareLag(registry, () => lagByDataset(status))
  const { host, port } = config
  const view = { live: () => [], ready: () => problemsOf(status), status: () => statusOf(status) }
  const http = lifecycle.own('http', await serveHttp({ host, port, registry, log, ...view }))
  const patience = signalAfter(lifecycle.signal, patienceMs)
  lifecycle.run('drain', async signal => {
    await store.connect(signal)
    await untilTablesReady(store, log, signal)
    lifecycle.run('suspended tables', stop => suspended.watch(stop))
    await drain(reader, { tables: new SinkTables(store), publisher, commits, ledger }, signal, patience)
  })
  announce({ url: http.url })
})

/** A signal that aborts so long after another one. */
function signalAfter(signal: AbortSignal, ms: number): AbortSignal {
  const later = new AbortController()
  signal.addEventListener('abort', () => setTimeout(() => later.abort(signal.reason), ms).unref())
  return later.signal
}
