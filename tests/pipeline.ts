import { join } from 'node:path'
import { compareStages, type VerifyReport } from '@tickhouse/audit'
import { type Bus, connectBus } from '@tickhouse/bus'
import { entities } from '@tickhouse/catalogue'
import { createLogger, createRegistry, messageOf } from '@tickhouse/runtime'
import type { Fault } from '@tickhouse/simulator'
import { openStore, type Store } from '@tickhouse/store'
import {
  type ChildService,
  childService,
  removeFolder,
  type Starved,
  scaledTimeout,
  starvedBetween,
  temporaryFolder,
} from '@tickhouse/testkit'

const services = join(import.meta.dirname, '..', 'services')
const log = createLogger({ name: 'tests', level: 'silent' })

/** Addresses of Kafka and QuestDB, as `servers()` of the testkit gives them. */
export interface Addresses {
  readonly brokers: string
  readonly questdb: string
}

/** Settings of a service, as its environment names them. */
export type Env = Readonly<Record<string, string>>

/** A service that serves /status and the like. */
export type Service = ChildService<{ url: string }>

/** What runs and with which settings besides those that lead the parts to each other. */
export interface RunOptions {
  /** Frames per second. */
  readonly rate: number
  readonly seed?: number
  readonly simulator?: Env
  readonly collector?: Env
  readonly sink?: Env
  /** Runs the collector instead of Node.js, as `ChildServiceOptions.execPath` says. */
  readonly collectorExecPath?: string | undefined
}

/** Waits are short, so that a fault and its end fit into seconds; one consumer group follows another without reading everything again. */
const brisk = {
  collector: { KIWOOM_RECONNECT_MAX: '500ms', KIWOOM_TAKEN_WAIT: '1s' },
  // Several pipelines share the machine: processor is worth more than milliseconds.
  sink: { SINK_SESSION_TIMEOUT: `${scaledTimeout(6_000)}ms`, SINK_COMMITS_PER_SECOND: '25' },
} as const

/** A whole pipeline of real processes, its parts to be stopped, killed and started again. */
export class Pipeline {
  readonly store: Store
  readonly folder: string
  /** The collector that was started last, and the sink. */
  readonly running: { collector?: Service; sink?: Service } = {}
  readonly #addresses: Addresses
  readonly #group: string
  readonly #sinkEnv: Env
  readonly #owned: ChildService<object>[] = []
  readonly #starved: Starved[][] = []
  #venue: { url: string; wsUrl: string } | undefined
  #options: RunOptions = { rate: 50 }

  private constructor(addresses: Addresses, folder: string, group: string, sinkEnv: Env) {
    this.#addresses = addresses
    this.#group = group
    this.#sinkEnv = sinkEnv
    this.folder = folder
    // What a test looks at may take long on a busy machine; that is no answer to the question whether it is right.
    const configurationString = `${addresses.questdb}request_timeout=${scaledTimeout(30_000)};`
    this.store = openStore({ configurationString, log })
  }

  /**
   * Makes topics and tables; nothing else runs yet. Sinks of pipelines with the same group go on where the one before has stopped; `sinkEnv` holds for each
   * of them.
   */
  static async open(addresses: Addresses, group = `sink-${process.pid}-${Date.now()}`, sinkEnv: Env = {}): Promise<Pipeline> {
    const pipeline = new Pipeline(addresses, temporaryFolder(), group, sinkEnv)
    const { topics } = pipeline.bus()
    await topics.apply(await topics.plan(entities.map(({ topic }) => topic)))
    const { tables } = pipeline.store
    await tables.apply(await tables.plan(entities.map(({ table }) => table)))
    return pipeline
  }

  get journal(): string {
    return join(this.folder, 'journal')
  }

  /** The file in which the venue writes down what it sent. */
  get ledger(): string {
    return join(this.folder, 'ledger.jsonl')
  }

  get group(): string {
    return this.#group
  }

  bus(): Bus {
    return connectBus({ brokers: this.#addresses.brokers.split(','), clientId: 'tests', log, registry: createRegistry('tests') })
  }

  /** Starts venue, collector and sink; the same settings hold when one of them is started again. */
  async run(options: RunOptions): Promise<void> {
    this.#options = options
    const { rate, seed = 1, simulator } = options
    await this.simulator({ SIMULATOR_RATE: String(rate), SIMULATOR_SEED: String(seed), SIMULATOR_LEDGER: this.ledger, ...simulator })
    await Promise.all([this.start('collector'), this.start('sink')])
  }

  /** Starts a collector or a sink with the settings of `run`. */
  async start(name: 'collector' | 'sink', env: Env = {}): Promise<Service> {
    const service = await this[name]({ ...brisk[name], ...this.#options[name], ...env })
    this.running[name] = service
    return service
  }

  /** SIGKILL; resolves when the process is gone. */
  async kill(name: 'collector' | 'sink'): Promise<void> {
    const service = this.running[name]!
    service.kill('SIGKILL')
    await service.exited
  }

  /** The venue; `env` are SIMULATOR_… settings. */
  async simulator(env: Env = {}): Promise<ChildService> {
    const simulator = await this.#own<{ url: string; wsUrl: string }>('simulator', env)
    this.#venue = simulator.announced
    return simulator
  }

  /** Lets something go wrong on the venue's side. A connection of its own: one that rested may be closed by a busy venue at just that moment. */
  async inject(fault: Fault): Promise<void> {
    const request = { method: 'POST', headers: { connection: 'close' }, body: JSON.stringify(fault) }
    const response = await fetch(`${this.#venue!.url}/simulator/fault`, request)
    if (!response.ok) throw new Error(`The simulator refuses ${JSON.stringify(fault)}: ${await response.text()}`)
  }

  /** Where the venue's WebSocket is. */
  get venuePort(): number {
    return Number(new URL(this.#venue!.wsUrl).port)
  }

  async collector(env: Env = {}): Promise<Service> {
    const venue = this.#venue ? { KIWOOM_REST_URL: this.#venue.url, KIWOOM_WS_URL: this.#venue.wsUrl } : {}
    const own = { KIWOOM_ENV: 'simulator', ...venue, KAFKA_BROKERS: this.#addresses.brokers, JOURNAL_DIR: this.journal, ...env }
    return await this.#own('collector', own, this.#options.collectorExecPath)
  }

  async sink(env: Env = {}): Promise<Service> {
    const own = {
      KAFKA_BROKERS: this.#addresses.brokers,
      QDB_CLIENT_CONF: this.#addresses.questdb,
      SINK_GROUP: this.#group,
      ...this.#sinkEnv,
      ...env,
    }
    return await this.#own('sink', own)
  }

  /** For how long one of the processes was not let run between two times at the most, ms. */
  starvedMs(fromMs: number, toMs: number): number {
    return starvedBetween(fromMs, toMs, this.#starved)
  }

  /** Compares journal, topics and tables, of one session if it is named; waits until what is on its way has arrived. */
  async verify(waitMs = 60_000, session?: string): Promise<VerifyReport> {
    const signal = AbortSignal.timeout(scaledTimeout(waitMs + 240_000))
    const options = {
      journalDirectories: [this.journal],
      bus: this.bus(),
      store: this.store,
      session,
      waitMs: scaledTimeout(waitMs),
      signal,
    }
    return await compareStages(options)
  }

  /** What the processes wrote to stderr, for whoever looks into a failure. */
  get words(): string {
    return this.#owned.map(service => service.stderr()).join('\n')
  }

  /** What collector and sink say of themselves now. */
  async states(): Promise<string[]> {
    const states = Object.entries(this.running).map(async ([name, service]) => {
      const [status, problems] = await Promise.all([statusOf(service), problemsOf(service)])
      return `${name}: ${JSON.stringify({ problems, ...status })}`
    })
    return (await Promise.allSettled(states)).map(state => (state.status === 'fulfilled' ? state.value : messageOf(state.reason)))
  }

  /** Ends everything, and says of a service that had failed by itself what its last words were. */
  async close(): Promise<void> {
    for (const service of this.#owned.reverse()) {
      const end = await Promise.race([service.exited, undefined])
      if (end !== undefined && end.code !== null && end.code !== 0)
        console.error(`Service ${service.pid} had ended with exit code ${end.code}: ${end.stderr.slice(-4_000)}`)
      await service.close()
    }
    this.store.close()
    // Opened in a hook, it has a folder that nothing else removes.
    removeFolder(this.folder)
  }

  async #own<A extends object>(name: string, env: Env, execPath?: string): Promise<ChildService<A>> {
    const starved: Starved[] = []
    this.#starved.push(starved)
    const onStarved = (stretch: Starved) => starved.push(stretch)
    const service = await childService<A>(join(services, name, 'src', 'main.ts'), env, { execPath, onStarved })
    this.#owned.push(service)
    return service
  }
}

/** What a service's /status says. */
export async function statusOf<S = Record<string, unknown>>({ announced }: Service): Promise<S> {
  return (await (await fetch(`${announced.url}/status`)).json()) as S
}

/** What keeps a service from being ready, in words; empty when it is. */
export async function problemsOf({ announced }: Service): Promise<string[]> {
  const { problems } = (await (await fetch(`${announced.url}/ready`)).json()) as { problems: { message: string }[] }
  return problems.map(({ message }) => message)
}

/** The value of a metric of a service, summed up over all labels but the given ones. */
export async function metricOf({ announced }: Service, name: string, labels: Readonly<Record<string, string>> = {}): Promise<number> {
  const text = await (await fetch(`${announced.url}/metrics`)).text()
  const wanted = Object.entries(labels).map(([label, value]) => `${label}="${value}"`)
  return text
    .split('\n')
    .filter(line => (line.startsWith(`${name} `) || line.startsWith(`${name}{`)) && wanted.every(label => line.includes(label)))
    .reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' ') + 1)), 0)
}
