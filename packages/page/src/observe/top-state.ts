import { type Env, isAlive, UsageError } from '@tickhouse/runtime'
import type { Store } from '@tickhouse/store'
import { healthOf, type ProcessHealth, processesOf, titled } from './health.ts'
import { Observer, type Snapshot } from './observer.ts'
import type { RunFile } from './run-file.ts'
import { type KnownServices, knownServices } from './services.ts'
import { lostToday, type Today } from './today.ts'
import { cpuShare, readUsage, type Usage } from './usage.ts'

/** One process, and what it uses. The use is unknown for a process that COLLECTOR_URL or SINK_URL names. */
export interface ProcessState extends ProcessHealth {
  /** Share of one processor; undefined at the first look, and where there is no /proc. */
  readonly cpu: number | undefined
  readonly memoryBytes: number | undefined
}

/** Everything that `top` shows at one moment. */
export interface TopState {
  readonly snapshot: Snapshot
  readonly processes: readonly ProcessState[]
  /** Undefined when QuestDB does not answer. */
  readonly today: Today | undefined
  /** The start that runs all this; undefined where the environment names the services. */
  readonly start: StartState | undefined
}

/** A running start. */
export interface StartState {
  readonly data: string
  readonly runningMs: number
  /** The start itself is there, which runs again what ends. */
  readonly isSupervised: boolean
}

/** Looks at the services of a running start, or at those that the environment names, one look after the other. */
export class Looker {
  readonly #env: Env
  readonly #data: string
  readonly #store: Store
  readonly #observer: Observer
  #usages = new Map<number, Usage>()

  constructor(env: Env, data: string, store: Store) {
    this.#env = env
    this.#data = data
    this.#store = store
    this.#observer = new Observer(store)
  }

  /** Asks everything once. Reads the run file each time, since services may have been restarted. Throws UsageError when the start has ended. */
  async look(): Promise<TopState> {
    const services = await servicesIn(this.#env, this.#data)
    const [snapshot, processes, today] = await Promise.all([
      this.#observer.look(services.addresses),
      this.#processes(services),
      lostToday(this.#store),
    ])
    return { snapshot, processes: titled(processes, snapshot.collectors), today, start: services.run && startOf(services.run, this.#data) }
  }

  async #processes(services: KnownServices): Promise<ProcessState[]> {
    const before = this.#usages
    const processes = processesOf(services)
    const pids = processes.flatMap(({ pid }) => pid ?? [])
    this.#usages = new Map(pids.flatMap(pid => [[pid, readUsage(pid)] as const]).filter(isKnown))
    const healths = await Promise.all(processes.map(healthOf))
    return healths.map(health => {
      const usage = health.pid === null ? undefined : this.#usages.get(health.pid)
      return { ...health, cpu: health.pid === null ? undefined : cpuShare(before.get(health.pid), usage), memoryBytes: usage?.memoryBytes }
    })
  }
}

/** The services that there are to look at. Throws UsageError when none is named and no start runs in that folder. */
export async function servicesIn(env: Env, data: string): Promise<KnownServices> {
  const services = await knownServices(env, data)
  if (services !== undefined) return services
  throw new UsageError(
    `Nothing runs in ${data}: \`tickhouse start\` starts it (--data names another folder; COLLECTOR_URL and SINK_URL name services elsewhere)`,
  )
}

function startOf({ pid, startedAt }: RunFile, data: string): StartState {
  return { data, runningMs: Date.now() - Date.parse(startedAt), isSupervised: isAlive(pid) }
}

function isKnown(entry: readonly [number, Usage | undefined]): entry is readonly [number, Usage] {
  return entry[1] !== undefined
}
