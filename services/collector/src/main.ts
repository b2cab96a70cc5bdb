import { loadCalendar } from '@tickhouse/calendar'
import { announce, printedConfig, runService } from '@tickhouse/runtime'
import { capture } from './collect.ts'
import { configSpec, loadCollectorConfig } from './config.ts'
import { compareMemory } from './status/memory.ts'
import { serve, wire } from './wiring.ts'

await runService('collector', async ({ env, log, lifecycle, registry }) => {
  const config = loadCollectorConfig(env)
  if (printedConfig(configSpec(config.environment), config)) return lifecycle.stop('the configuration was printed')
  compareMemory(config, log)
  const deps = { config, calendar: loadCalendar(env), log, lifecycle }
  const collector = await wire(deps)
  // The other loop of collect.ts, `publish`, runs in a thread of its own, which `wire` has started.
  lifecycle.run('session', signal => capture(collector.keeper, signal))
  await collector.publishing.started
  const { url } = await serve(collector, deps, registry)
  log.info({ url, environment: config.environment, brokers: config.brokers, journal: config.journalDirectory }, 'Collecting')
  announce({ url })
})
