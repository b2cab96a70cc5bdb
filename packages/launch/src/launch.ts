import type { VerifyReport } from '@tickhouse/audit'
import { type Bus, connectBus, kafkaOptions, kafkaSettings, topicDefinitions } from '@tickhouse/bus'
import { loadCalendar } from '@tickhouse/calendar'
import { isSimulated, type RestAccess, restAccessIn } from '@tickhouse/kiwoom'
import { addressesOf, Observer, type Screen } from '@tickhouse/page'
import { createLogger, createRegistry, loadConfig, messageOf, type Tell } from '@tickhouse/runtime'
import type { SampleDayReport } from '@tickhouse/sample-day'
import { type Exit, withProgress } from '@tickhouse/stack'
import { openStore, type Store, wantedViews } from '@tickhouse/store'
import { applyCatalogue } from './apply-catalogue.ts'
import { awaitFormerRun, claimDataFolder, type DataFolder, emptyDataFolder } from './data-folder.ts'
import { KeptListing } from './listing.ts'
import { checkSettings, type StartOptions } from './options.ts'
import { newPasswords, Run, whereToLook } from './run.ts'
import { storeSample } from './sample.ts'
import { keepRunning, openServers, type Servers } from './servers.ts'
import { type Services, startServices } from './services.ts'
import { startPage } from './start-page.ts'
import { watch } from './watch.ts'
import { windDown } from './wind-down.ts'

/** Where a start shows what it does, and what tells it to end. */
export interface LaunchDeps {
  readonly screen: Screen
  /** Shows how far comparing is. */
  readonly progress: { readonly tell: Tell; end(): void }
  /** Aborts when the run is to end in good order. */
  readonly stop: AbortSignal
  /** Aborts when even that takes too long for somebody. */
  readonly hurry: AbortSignal
}

/**
 * Runs everything, from the servers to the sink, until it is told to stop; gives the verdict on what was stored, undefined when it was told to stop
 * before everything ran. Nothing is left running.
 */
export async function launch(options: StartOptions, { screen, progress, stop, hurry }: LaunchDeps): Promise<VerifyReport | undefined> {
  const say = (sentence: string) => {
    progress.end()
    screen.notice(sentence)
  }
  await using owned = new AsyncDisposableStack()
  const parts = await startParts(owned, options, { say, stop, tell: progress.tell }).catch(error => {
    if (!stop.aborted) throw error
  })
  if (parts === undefined) return undefined
  const { folder, servers, services, page, bus, store, views, sample, keeping } = parts
  const observer = new Observer(store)
  await watch(() => observer.look(addressesOf(services.processes())), {
    screen,
    footer: whereToLook(servers, page.url, { sampleDate: sample?.date, hasViews: views.wanted.has('trades') }),
    forMs: options.forMs,
    stop,
  })
  keeping.abort()
  owned.defer(() => say('Stopping everything that was started …'))
  return await windDown({ services, bus, store, journalDirectory: folder.journal, say, tell: progress.tell, signal: hurry })
}

async function startParts(
  owned: AsyncDisposableStack,
  options: StartOptions,
  { say, stop, tell }: Omit<RunDeps, 'run'> & { stop: AbortSignal; tell: Tell },
) {
  const definitions = topicDefinitions(options.env)
  const calendar = loadCalendar(options.env)
  const views = wantedViews(options.env)
  const folder = owned.adopt(await claimDataFolder(options.data), close)
  await prepare(folder, options, stop)
  await checkSettings(options)
  const run = new Run(folder)
  const servers = await ownServers(owned, options, { run, say, stop })
  const { bus, store } = connect(owned, options, servers)
  const applying = () => applyCatalogue({ bus, store, definitions, calendar, views, say, signal: stop })
  await withProgress('Bringing topics and tables in line with the catalogue', say, applying)
  for (const sentence of newPasswords(servers)) say(sentence)
  const { sampleDay } = options
  let sample: SampleDayReport | undefined
  const access = () => accessOf(options, () => services.simulator?.announced?.url)
  const listing = new KeptListing({ access, isSimulated: isSimulated(options), store, calendar, say })
  const ofVenue = isSimulated(options) ? undefined : () => listing.beforeCapture(stop)
  const ofSample = async () => {
    sample = await storeSample(sampleDay!, options, { servers, bus, store, calendar, say, tell, signal: stop })
  }
  const beforeCapture = sampleDay === undefined ? ofVenue : ofSample
  const services = await ownServices(owned, options, { run, servers, say, beforeCapture })
  const page = owned.adopt(await startPage(options, { servers, services, store }), close)
  run.remember({ servers, services, page })
  const keeping = new AbortController()
  const kept = listing.keep(keeping.signal)
  owned.defer(() => {
    keeping.abort()
    return kept
  })
  return { folder, servers, services, page, bus, store, views, sample, keeping }
}

/** How to ask the venue for its list; a simulator is the one that was started, whatever address the environment names. */
function accessOf(options: StartOptions, simulatorUrl: () => string | undefined): RestAccess | undefined {
  return restAccessIn(isSimulated(options) ? { ...options.env, KIWOOM_REST_URL: simulatorUrl() } : options.env)
}

interface RunDeps {
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
  { run, say, stop }: RunDeps & { stop: AbortSignal },
): Promise<Servers> {
  const closing = new AbortController()
  const onExit = async (name: string, exit: Exit, again: () => Promise<void>) => {
    await keepRunning({ name, exit, again, say, signal: closing.signal })
    rememberAgain({ run, say })
  }
  const servers = owned.adopt(await openServers(options, { folder: run.folder, say, signal: stop, onExit }), close)
  owned.defer(() => closing.abort())
  return servers
}

async function ownServices(
  owned: AsyncDisposableStack,
  options: StartOptions,
  { run, servers, say, beforeCapture }: RunDeps & { servers: Servers; beforeCapture: (() => Promise<void>) | undefined },
): Promise<Services> {
  const onRestart = () => rememberAgain({ run, say })
  const starting = () => startServices(options, { folder: run.folder, servers, say, onRestart, beforeCapture })
  const doing = `Starting ${isSimulated(options) ? 'simulator, ' : ''}sink and collector`
  // A sample day says by itself how far it is.
  return owned.adopt(await (options.sampleDay === undefined ? withProgress(doing, say, starting) : starting()), close)
}

/** A disk that is full is no reason to end what runs. */
function rememberAgain({ run, say }: RunDeps): void {
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
