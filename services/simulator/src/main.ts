import { announce, loadConfig, printedConfig, runService, serveHttp } from '@tickhouse/runtime'
import { configSpec, optionsOf } from './config.ts'
import { declareMetrics } from './metrics.ts'
import { startSimulator } from './simulator.ts'

await runService('simulator', async ({ env, log, lifecycle, registry }) => {
  const config = loadConfig(configSpec, env)
  if (printedConfig(configSpec, config)) return lifecycle.stop('the configuration was printed')
  const simulator = lifecycle.own('simulator', await startSimulator(optionsOf(config)))
  declareMetrics(registry, () => simulator.status())
  const http = lifecycle.own(
    'http',
    await serveHttp({
      host: config.httpHost,
      port: config.httpPort,
      registry,
      live: () => [],
      ready: () => [],
      status: () => ({ service: 'simulator', pid: process.pid, url: simulator.url, wsUrl: simulator.wsUrl, ...simulator.status() }),
      log,
    }),
  )
  const { url, wsUrl } = simulator
  log.info({ url, wsUrl, http: http.url, rate: config.rate, seed: config.seed }, 'The simulated venue is open')
  announce({ url, wsUrl, http: http.url })
})
