import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { isSimulated } from '@tickhouse/kiwoom'
import type { RunningProcess } from '@tickhouse/page'
import { freePort } from '@tickhouse/stack'
import type { DataFolder } from './data-folder.ts'
import { type StartOptions, serviceMain } from './options.ts'
import type { Servers } from './servers.ts'
import { type ServiceDefinition, ServiceProcess } from './service-process.ts'

/** The running services; no simulator where the venue is Kiwoom's. */
export interface Services {
  readonly simulator: ServiceProcess | undefined
  readonly collector: ServiceProcess
  readonly sink: ServiceProcess
  all(): ServiceProcess[]
  processes(): RunningProcess[]
  /** Stops all that still run, in the direction of the data. */
  close(): Promise<void>
}

type Settings = Readonly<Record<string, string | undefined>>

/** What starting the services needs besides the options. */
export interface ServiceLaunchDeps {
  readonly folder: DataFolder
  readonly servers: Servers
  readonly say: (sentence: string) => void
  readonly onRestart: () => void
  /** What is stored before anything is captured; the sink runs by then. */
  readonly beforeCapture?: (() => Promise<void>) | undefined
}

/** Starts the simulator (unless the venue is Kiwoom's), collector and sink; stops all of them when one fails. */
export async function startServices(options: StartOptions, deps: ServiceLaunchDeps): Promise<Services> {
  const define = (name: string, own: Settings) => new ServiceProcess(definition(name, own, options, deps))
  const simulator = isSimulated(options) ? await simulatorOf(options, define) : undefined
  const collector = define('collector', collectorSettings(simulator?.venue, deps.folder))
  const running = services(simulator?.process, collector, define('sink', sinkSettings(deps)))
  const sinkStarts = running.sink.start()
  // The collector finds the venue open: it would wait a second before it tried again.
  const capture = async () => {
    if (deps.beforeCapture !== undefined) await sinkStarts.then(deps.beforeCapture)
    await simulator?.process.start()
    await collector.start()
  }
  const settled = await Promise.allSettled([capture(), sinkStarts])
  const failed = settled.find(result => result.status === 'rejected')
  if (failed === undefined) return running
  await running.close()
  throw failed.reason
}

function services(simulator: ServiceProcess | undefined, collector: ServiceProcess, sink: ServiceProcess): Services {
  const all = () => [simulator, collector, sink].filter(service => service !== undefined)
  return {
    simulator,
    collector,
    sink,
    all,
    processes: () => all().flatMap(processOf),
    close: async () => {
      for (const service of all()) await service.stop()
    },
  }
}

function processOf({ name, pid, announced }: ServiceProcess): RunningProcess[] {
  if (pid === undefined || announced === undefined) return []
  return [{ name, pid, address: announced.url ?? announced.http, http: announced.http }]
}

function definition(
  name: string,
  own: Settings,
  { env }: StartOptions,
  { folder, servers, say, onRestart }: ServiceLaunchDeps,
): ServiceDefinition {
  const addresses = { KAFKA_BROKERS: servers.brokers, QDB_CLIENT_CONF: servers.configurationString, QDB_CLIENT_CONF_FILE: undefined }
  const logFile = join(folder.logs, `${name}.log`)
  mkdirSync(folder.logs, { recursive: true })
  // Each listens on a port of its own, whatever HTTP_PORT says.
  return { name, main: serviceMain(name), env: { ...env, ...addresses, HTTP_PORT: '0', ...own }, logFile, say, onRestart }
}

interface Venue {
  readonly url: string
  readonly wsUrl: string
}

/** The simulator, and where it will be: its port is chosen here, so that it comes back at the same address after a restart. */
async function simulatorOf({ framesDirectory, rate, seed }: StartOptions, define: (name: string, own: Settings) => ServiceProcess) {
  const port = await freePort()
  const process = define('simulator', {
    SIMULATOR_PORT: String(port),
    SIMULATOR_FRAMES: framesDirectory,
    ...(rate !== undefined && { SIMULATOR_RATE: String(rate) }),
    ...(seed !== undefined && { SIMULATOR_SEED: String(seed) }),
  })
  return { process, venue: { url: `http://127.0.0.1:${port}`, wsUrl: `ws://127.0.0.1:${port}` } }
}

/** The disk of a QuestDB that was started here is that of the data folder. */
function sinkSettings({ folder, servers }: ServiceLaunchDeps): Settings {
  return servers.access === undefined ? {} : { QUESTDB_DATA_DIR: folder.path }
}

function collectorSettings(venue: Venue | undefined, { journal }: DataFolder): Settings {
  const simulated = venue && { KIWOOM_ENV: 'simulator', KIWOOM_REST_URL: venue.url, KIWOOM_WS_URL: venue.wsUrl }
  return { JOURNAL_DIR: journal, ...simulated }
}
