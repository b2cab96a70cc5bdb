import { type Bus, connectBus, kafkaOptions, kafkaSettings } from '@tickhouse/bus'
import { loadCalendar } from '@tickhouse/calendar'
import { createLogger, createRegistry, loadConfig, messageOf } from '@tickhouse/runtime'
import { type Exit, withProgress } from '@tickhouse/stack'
import { openStore, type Store } from '@tickhouse/store'
import type { ProgressLine } from '../progress.ts'
import { addressesOf } from '../run-file.ts'
import { topicDefinitions } from '../topic-definitions.ts'
import type { VerifyReport } from '../verify/verify.ts'
import { applyCatalogue } from './apply-catalogue.ts'
import { checkSettings } from './check-settings.ts'
import { awaitFormerRun, claimDataFolder, type DataFolder, emptyDataFolder } from './data-folder.ts'
import { keepRunning } from './keep-running.ts'
import { Observer } from './observe.ts'
import { isSimulated, type StartOptions } from './options.ts'
import { startPage } from './page.ts'
import { newPassword, whereToLook } from './questions.ts'
import { Run } from './run.ts'
import type { Screen } from './screen.ts'
import { type Servers, startServers } from './servers.ts'
import { type Services, startServices } from './services.ts'
import { watch } from './watch.ts'
import { windDown } from './wind-down.ts'

/** Where a start shows what it does, and how it is told to end. */
export interface StartContext {
  readonly screen: Screen
  /** Shows how far comparing is. */
  readonly progress: ProgressLine
  /** Aborts when the run is to end in good order. */
  readonly stop: AbortSignal
  /** Aborts when even that takes too long for somebody. */
  readonly hurry: AbortSignal
}

/**
 * Runs everything, from the servers to the sink, until it is told to stop; gives the verdict on what was stored, undefined when it was told to stop
 * before everything ran. Nothing is left running.
 */
export async function start(options: StartOptions, { screen, progress, stop, hurry }: StartContext): Promise<VerifyReport | undefined> {
  const say = (sentence: string) => {
    progress.end()
    screen.notice(sentence)
  }
  await using owned = new AsyncDisposableStack()
  const parts = await startParts(owned, options, { say, stop }).catch(error => {
    if (!stop.aborted) throw error
  })
  if (parts === undefined) return undefined
  const { folder, servers, services, page, bus, store } = parts
  const observer = new Observer(store)
  await watch(() => observer.look(addressesOf(services.processes())), {
    screen,
    footer: whereToLook(servers, page.url),
    forMs: options.forMs,
    stop,
  })
  owned.defer(() => say('Stopping everything that was started …'))
  return await windDown({ services, bus, store, journalDirectory: folder.journal, say, tell: progress.tell, signal: hurry })
}

async function startParts(
  owned: AsyncDisposableStack,
  options: StartOptions,
  { say, stop }: Omit<RunContext, 'run'> & { stop: AbortSignal },
) {
  const definitions = topicDefinitions(options.env)
  const calendar = loadCalendar(options.env)
  const folder = owned.adopt(await claimDataFolder(options.data), close)
  await prepare(folder, options, stop)
  await checkSettings(options)
  const run = new Run(folder)
  const servers = await ownServers(owned, options, { run, say, stop })
  const { bus, store } = connect(owned, options, servers)
  const applying = () => applyCatalogue({ bus, store, definitions, calendar, say, signal: stop })
  await withProgress('Bringing topics and tables in line with the catalogue', say, applying)
  for (const sentence of newPassword(servers)) say(sentence)
  const services = await ownServices(owned, options, { run, servers, say })
  const page = owned.adopt(await startPage(options, { servers, services, store }), close)
  run.remember({ servers, services, page })
  return { folder, servers, services, page, bus, store }
}

interface RunContext {
  readonly run: Run
  readonly say: (sentence: string) => void
}

async function prepare(folder: DataFolder, { fresh }: StartOptions, stop: AbortSignal): Promise<void> {
  await awaitFormerRun(folder, stop)
  if (fresh) emptyDataFolder(folder)
}

/** Starts the servers and starts them again when they end by themselves, until they are closed. */
async function ownServers(
  owned: AsyncDisposableStack,
  options: StartOptions,
  { run, say, stop }: RunContext & { stop: AbortSignal },
): Promise<Servers> {
  const closing = new AbortController()
  const onExit = async (name: string, exit: Exit, again: () => Promise<void>) => {
    await keepRunning({ name, exit, again, say, signal: closing.signal })
    rememberAgain({ run, say })
  }
  const servers = owned.adopt(await startServers(options, { folder: run.folder, say, signal: stop, onExit }), close)
  owned.defer(() => closing.abort())
  return servers
}

async function ownServices(
  owned: AsyncDisposableStack,
  options: StartOptions,
  { run, servers, say }: RunContext & { servers: Servers },
): Promise<Services> {
  const onRestart = () => rememberAgain({ run, say })
  const starting = () => startServices(options, { folder: run.folder, servers, say, onRestart })
  return owned.adopt(await withProgress(`Starting ${isSimulated(options) ? 'simulator, ' : ''}sink and collector`, say, starting), close)
}

/** A disk that is full is no reason to end what runs. */
function rememberAgain({ run, say }: RunContext): void {
  try {
    run.remember()
  } catch (error) {
    say(`The run file cannot be written, other commands see what ran before: ${messageOf(error)}`)
  }
}

function connect(owned: AsyncDisposableStack, { env }: StartOptions, servers: Servers): { bus: Bus; store: Store } {
  const log = createLogger({ name: 'start', level: env['LOG_LEVEL'] || 'warn' })
  const config = loadConfig(kafkaSettings, { ...env, KAFKA_BROKERS: servers.brokers })
  const bus = connectBus({ ...kafkaOptions(config), clientId: 'tickhouse-start', log, registry: createRegistry('start') })
  const store = owned.adopt(openStore({ configurationString: servers.configurationString, log }), close)
  return { bus, store }
}

async function close(thing: { close(): Promise<void> | void }): Promise<void> {
  await thing.close()
}
