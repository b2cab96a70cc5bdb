import { loadCalendar } from '@tickhouse/calendar'
import { announce, printedConfig, runService } from '@tickhouse/runtime'
import { loadSinkConfig, sinkSettings } from './config.ts'
import { drain } from './drain.ts'
import { wire } from './wiring.ts'

await runService('sink', async ({ env, log, lifecycle, registry }) => {
  const { config, kafka } = loadSinkConfig(env)
  if (printedConfig(sinkSettings, config)) return lifecycle.stop('the configuration was printed')
  const sink = wire({ config, kafka, calendar: loadCalendar(env), log, lifecycle, registry })
  const { url } = await sink.serve()
  lifecycle.run('drain', async signal => {
    await sink.store.connect(signal)
    sink.watch()
    await drain(sink.reader, sink.lanes, signal)
  })
  log.info({ url, brokers: kafka.brokers, questdb: sink.store.address, group: config.groupId }, 'Draining')
  announce({ url })
})
