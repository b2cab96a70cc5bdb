import { type Bus, connectBus } from '@tickhouse/bus'
import { createLogger, createRegistry } from '@tickhouse/runtime'
import { withProgress } from '@tickhouse/stack'
import { openStore, type Store } from '@tickhouse/store'
import { type RunFile, writeRunFile } from '../run-file.ts'
import type { VerifyReport } from '../verify/verify.ts'
import { applyCatalogue } from './apply-catalogue.ts'
import { awaitFormerRun, claimDataFolder, type DataFolder, emptyDataFolder } from './data-folder.ts'
import { keepRunning } from './keep-running.ts'
import { Observer } from './observe.ts'
import type { StartOptions } from './options.ts'
import { whereToLook } from './questions.ts'
import type { Screen } from './screen.ts'
import { type Servers, startServers } from './servers.ts'
import { type Services, startServices } from './services.ts'
import { watch } from './watch.ts'
import { windDown } from './wind-down.ts'

/** Where a start shows what it does, and how it is told to end. */
export interface StartContext {
  readonly screen: Screen
  /** Aborts when the run is to end in good order. */
  readonly stop: AbortSignal
  /** Aborts when even that takes too long for somebody. */
  readonly hurry: AbortSignal
}

/** Runs everything, from the servers to the sink, until it is told to stop; gives the verdict on what was stored. Nothing is left running. */
export async function start(options: StartOptions, { screen, stop, hurry }: StartContext): Promise<VerifyReport> {
  const say = (sentence: string) => screen.notice(sentence)
  await using owned = new AsyncDisposableStack()
  const folder = owned.adopt(await claimDataFolder(options.data), close)
  await prepare(folder, options, stop)
  const servers = await ownServers(owned, options, { folder, say, stop })
  const { bus, store } = connect(owned, options, servers)
  await withProgress('Bringing topics and tables in line with the catalogue', say, () => applyCatalogue(bus, store, stop))
  const remember = () => writeRunFile(folder.path, runFile(folder, servers, services))
  const onRestart = () => remember()
  const services: Services = await withProgress('Starting simulator, sink and collector', say, () =>
    startServices(options, { folder, servers, say, onRestart }),
  )
  owned.adopt(services, close)
  remember()
  await watch(new Observer(services, store), { screen, footer: whereToLook(servers), forMs: options.forMs, stop })
  return await windDown({ services, bus, store, journalDirectory: folder.journal, say, signal: hurry })
}

async function prepare(folder: DataFolder, { fresh }: StartOptions, stop: AbortSignal): Promise<void> {
  await awaitFormerRun(folder, stop)
  if (fresh) emptyDataFolder(folder)
}

/** Starts the servers and starts them again when they end by themselves, until they are closed. */
async function ownServers(
  owned: AsyncDisposableStack,
  options: StartOptions,
  { folder, say, stop }: { folder: DataFolder; say: (sentence: string) => void; stop: AbortSignal },
): Promise<Servers> {
  const closing = new AbortController()
  const servers = await startServers(options, {
    folder,
    say,
    signal: stop,
    onExit: (name, exit, again) => void keepRunning(name, exit, again, say, closing.signal),
  })
  owned.adopt(servers, close)
  owned.defer(() => closing.abort())
  return servers
}

function connect(owned: AsyncDisposableStack, { env }: StartOptions, servers: Servers): { bus: Bus; store: Store } {
  const log = createLogger({ name: 'start', level: env['LOG_LEVEL'] || 'warn' })
  const brokers = servers.brokers.split(',').map(broker => broker.trim())
  const bus = connectBus({ brokers, clientId: 'tickhouse-start', log, registry: createRegistry('start') })
  const store = owned.adopt(openStore({ configurationString: servers.configurationString, log }), close)
  return { bus, store }
}

function runFile(folder: DataFolder, servers: Servers, services: Services): RunFile {
  return {
    pid: process.pid,
    startedAt: new Date(Math.round(performance.timeOrigin)).toISOString(),
    brokers: servers.brokers,
    configurationString: servers.configurationString,
    journalDirectory: folder.journal,
    processes: [...servers.processes(), ...services.processes()],
  }
}

async function close(thing: { close(): Promise<void> | void }): Promise<void> {
  await thing.close()
}
