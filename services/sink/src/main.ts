import { loadCalendar } from '@tickhouse/calendar'
import { announce, printedConfig, runService, serveHttp } from '@tickhouse/runtime'
import { assemble } from './assemble.ts'
import { loadSinkConfig, sinkSettings } from './config.ts'
import { drain } from './drain.ts'
import { keepCalendar } from './keep-calendar.ts'
import { keepConditions } from './keep-conditions.ts'
import { problemsOf, statusOf } from './status.ts'

/** How long what is being stored may take when the sink is to stop. */
const patienceMs = 10_000

await runService('sink', async ({ env, log, lifecycle, registry }) => {
  const { config, kafka } = loadSinkConfig(env)
  if (printedConfig(sinkSettings, config)) return lifecycle.stop('the configuration was printed')
  const calendar = loadCalendar(env)
  const patience = signalAfter(lifecycle.signal, patienceMs)
  const { reader, store, status, suspended, remade, heartbeats, disks, lanes } = assemble({
    config,
    kafka,
    log,
    lifecycle,
    registry,
    patience,
  })
  const view = { live: () => [], ready: () => problemsOf(status), status: () => statusOf(status) }
  const http = lifecycle.own(
    'http',
    await serveHttp({ host: config.host, port: config.port, hostNames: config.hostNames, registry, log, ...view }),
  )
  lifecycle.run('drain', async signal => {
    await store.connect(signal)
    lifecycle.run('tables', async stop => {
      await status.ready.untilAll()
      await Promise.all([keepCalendar({ store, calendar, log }, stop), keepConditions({ store, heartbeats, log }, stop)])
    })
    lifecycle.run('suspended tables', stop => suspended.watch(stop))
    lifecycle.run('remade tables', stop => remade.watch(stop))
    lifecycle.run('heartbeats', stop => heartbeats.watch(stop))
    lifecycle.run('disks', stop => disks.watch(stop))
    await drain(reader, lanes, signal)
  })
  log.info({ url: http.url, brokers: kafka.brokers, questdb: store.address, group: config.groupId }, 'Draining')
  announce({ url: http.url })
})

/** A signal that aborts so long after another one. */
function signalAfter(signal: AbortSignal, ms: number): AbortSignal {
  const later = new AbortController()
  signal.addEventListener('abort', () => setTimeout(() => later.abort(signal.reason), ms).unref())
  return later.signal
}
