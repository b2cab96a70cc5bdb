import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { freePort } from '@tickhouse/stack'
import type { RunningProcess } from '../run-file.ts'
import { serviceMain } from '../service-main.ts'
import type { DataFolder } from './data-folder.ts'
import { isSimulated, type StartOptions } from './options.ts'
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

/** What starting the services needs besides the options. */
export interface ServiceContext {
  readonly folder: DataFolder
  readonly servers: Servers
  readonly say: (sentence: string) => void
  readonly onRestart: () => void
}

/** Starts the simulator (unless the venue is Kiwoom's), then collector and sink; stops what it started when one of them fails. */
export async function startServices(options: StartOptions, context: ServiceContext): Promise<Services> {
  const define = (name: string, own: Readonly<Record<string, string | undefined>>) =>
    new ServiceProcess(definition(name, own, options, context))
  const simulator = isSimulated(options) ? define('simulator', await simulatorSettings(options)) : undefined
  const sink = define('sink', {})
  const started = [simulator, sink].filter(service => service !== undefined)
  try {
    const [venue] = await Promise.all([simulator?.start(), sink.start()])
    const collector = define('collector', collectorSettings(venue, context.folder))
    started.push(collector)
    await collector.start()
    return services(simulator, collector, sink)
  } catch (error) {
    await Promise.all(started.map(service => service.stop()))
    throw error
  }
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
  own: Readonly<Record<string, string | undefined>>,
  { env }: StartOptions,
  { folder, servers, say, onRestart }: ServiceContext,
): ServiceDefinition {
  const addresses = { KAFKA_BROKERS: servers.brokers, QDB_CLIENT_CONF: servers.configurationString }
  const logFile = join(folder.logs, `${name}.log`)
  mkdirSync(folder.logs, { recursive: true })
  // Each listens on a port of its own, whatever HTTP_PORT says.
  return { name, main: serviceMain(name), env: { ...env, ...addresses, HTTP_PORT: '0', ...own }, logFile, say, onRestart }
}

/** Its port is chosen here, so that it comes back at the same address after a restart. */
async function simulatorSettings({ framesDirectory, rate, seed }: StartOptions) {
  return {
    SIMULATOR_PORT: String(await freePort()),
    SIMULATOR_FRAMES: framesDirectory,
    ...(rate !== undefined && { SIMULATOR_RATE: String(rate) }),
    ...(seed !== undefined && { SIMULATOR_SEED: String(seed) }),
  }
}

function collectorSettings(venue: { url?: string; wsUrl?: string } | undefined, { journal }: DataFolder) {
  const simulated = venue && { KIWOOM_ENV: 'simulator', KIWOOM_REST_URL: venue.url, KIWOOM_WS_URL: venue.wsUrl }
  return { JOURNAL_DIR: journal, ...simulated }
}
