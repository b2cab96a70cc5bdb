import { join } from 'node:path'
import { connectBus } from '@tickhouse/bus'
import { entities } from '@tickhouse/catalogue'
import { type VerifyReport, verify } from '@tickhouse/cli/verify'
import { createLogger, createRegistry } from '@tickhouse/runtime'
import { openStore, type Store } from '@tickhouse/store'
import { type ChildService, childService, temporaryFolder } from '@tickhouse/testkit'

const services = join(import.meta.dirname, '..', 'services')
const log = createLogger({ name: 'tests', level: 'silent' })

/** Addresses of Kafka and QuestDB, as `servers()` of the testkit gives them. */
export interface Addresses {
  readonly brokers: string
  readonly questdb: string
}

/** A whole pipeline of real processes, its parts to be stopped, killed and started again. */
export class Pipeline {
  readonly store: Store
  readonly folder: string
  readonly #addresses: Addresses
  readonly #group: string
  readonly #closing: (() => Promise<unknown>)[] = []
  #venue: { url: string; wsUrl: string } | undefined

  private constructor(addresses: Addresses, folder: string) {
    this.#addresses = addresses
    this.folder = folder
    this.store = openStore({ configurationString: addresses.questdb, log })
    this.#group = `sink-${process.pid}-${Date.now()}`
  }

  /** Makes topics and tables; nothing else runs yet. */
  static async open(addresses: Addresses): Promise<Pipeline> {
    const pipeline = new Pipeline(addresses, temporaryFolder())
    const bus = pipeline.bus()
    await bus.topics.apply(await bus.topics.plan(entities.map(({ topic }) => topic)))
    const { tables } = pipeline.store
    await tables.apply(await tables.plan(entities.map(({ table }) => table)))
    return pipeline
  }

  get journal(): string {
    return join(this.folder, 'journal')
  }

  bus() {
    return connectBus({ brokers: this.#addresses.brokers.split(','), clientId: 'tests', log, registry: createRegistry('tests') })
  }

  /** The venue; `env` are SIMULATOR_… settings. */
  async simulator(env: Readonly<Record<string, string>> = {}): Promise<ChildService> {
    const simulator = await this.#own(childService<{ url: string; wsUrl: string }>(join(services, 'simulator', 'src', 'main.ts'), env))
    this.#venue = simulator.announced
    return simulator
  }

  async collector(env: Readonly<Record<string, string>> = {}): Promise<ChildService<{ url: string }>> {
    const venue = this.#venue ? { KIWOOM_REST_URL: this.#venue.url, KIWOOM_WS_URL: this.#venue.wsUrl } : {}
    const own = { KIWOOM_ENV: 'simulator', ...venue, KAFKA_BROKERS: this.#addresses.brokers, JOURNAL_DIR: this.journal, ...env }
    return await this.#own(childService(join(services, 'collector', 'src', 'main.ts'), own))
  }

  async sink(env: Readonly<Record<string, string>> = {}): Promise<ChildService<{ url: string }>> {
    const own = { KAFKA_BROKERS: this.#addresses.brokers, QDB_CLIENT_CONF: this.#addresses.questdb, SINK_GROUP: this.#group, ...env }
    return await this.#own(childService(join(services, 'sink', 'src', 'main.ts'), own))
  }

  /** Compares journal, topics and tables; waits until what is on its way has arrived. */
  async verify(waitMs = 60_000): Promise<VerifyReport> {
    const options = { journalDirectory: this.journal, bus: this.bus(), store: this.store, waitMs, signal: AbortSignal.timeout(300_000) }
    return await verify(options)
  }

  async close(): Promise<void> {
    for (const close of this.#closing.reverse()) await close()
    this.store.close()
  }

  async #own<A extends object>(starting: Promise<ChildService<A>>): Promise<ChildService<A>> {
    const service = await starting
    this.#closing.push(() => service.close())
    return service
  }
}
