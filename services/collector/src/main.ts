import { loadCalendar } from '@tickhouse/calendar'
import { announce, labelAll, printedConfig, runService, serveHttp } from '@tickhouse/runtime'
import { collect } from './collect.ts'
import { configSpec, loadCollectorConfig } from './config.ts'
import { compareMemory } from './memory.ts'
import { declareMetrics } from './metrics.ts'
import { problemsOf, statusOf } from './status.ts'

await runService('collector', async ({ env, log, lifecycle, registry }) => {
  const config = loadCollectorConfig(env)
  if (printedConfig(configSpec(config.environment), config)) return lifecycle.stop('the configuration was printed')
  compareMemory(config, log)
  labelAll(registry, { service: 'collector', collector: config.collector })
  const collector = await collect({ config, calendar: loadCalendar(env), log, lifecycle })
  const { publishing } = collector
  declareMetrics(registry, collector)
  const http = await serveHttp({
    host: config.host,
    port: config.port,
    hostNames: config.hostNames,
    registry: { contentType: registry.contentType, metrics: async () => `${await registry.metrics()}${publishing.metrics}` },
    look: () => publishing.look(),
    live: () => [],
    ready: () => problemsOf(collector),
    status: () => statusOf(collector),
    log,
  })
  lifecycle.own('http', http)
  log.info({ url: http.url, environment: config.environment, brokers: config.brokers, journal: config.journalDirectory }, 'Collecting')
  announce({ url: http.url })
})
