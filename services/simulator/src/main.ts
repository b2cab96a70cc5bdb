import { announce, loadConfig, printedConfig, runService, serveHttp } from '@tickhouse/runtime'
import { configSpec, optionsOf } from './config.ts'
import { declareReadings } from './status/status.ts'
import { startSimulator } from './wiring.ts'

await runService('simulator', async ({ env, log, lifecycle, registry }) => {
  const config = loadConfig(configSpec, env)
  if (printedConfig(configSpec, config)) return lifecycle.stop('the configuration was printed')
  const simulator = lifecycle.own('simulator', await startSimulator(optionsOf(config)))
  declareReadings(registry, () => simulator.status())
  const { url, wsUrl } = simulator
  const status = () => ({ service: 'simulator', pid: process.pid, url, wsUrl, ...simulator.status() })
  const place = { host: config.httpHost, port: config.httpPort, registry, log }
  const http = lifecycle.own('http', await serveHttp({ ...place, live: () => [], ready: () => [], status }))
  log.info({ url, wsUrl, http: http.url, rate: config.rate, seed: config.seed }, 'The simulated venue is open')
  announce({ url, wsUrl, http: http.url })
})
