import type { Store } from '@tickhouse/store'
import { addressesOf, type RunFile, readRunFile } from '../run-file.ts'
import { healthOf } from '../run-status.ts'
import { isAlive } from '../start/is-alive.ts'
import { Observer } from '../start/observe.ts'
import { UsageError } from '../usage-error.ts'
import type { ProcessState, TopState } from './state.ts'
import { lostToday } from './today.ts'
import { cpuShare, readUsage, type Usage } from './usage.ts'

/** Looks at a running start, one look after the other; its run file is read anew each time, as services may have been restarted. */
export class Looker {
  readonly #data: string
  readonly #store: Store
  readonly #observer: Observer
  #run: RunFile
  #usages = new Map<number, Usage>()

  constructor(data: string, run: RunFile, store: Store) {
    this.#data = data
    this.#run = run
    this.#store = store
    this.#observer = new Observer(store)
  }

  /** What there is now. Throws UsageError when the start has ended. */
  async look(): Promise<TopState> {
    this.#run = runIn(this.#data)
    const { pid, startedAt } = this.#run
    const [snapshot, processes, today] = await Promise.all([
      this.#observer.look(addressesOf(this.#run.processes)),
      this.#processes(),
      lostToday(this.#store),
    ])
    const runningMs = Date.now() - Date.parse(startedAt)
    const isSupervised = isAlive(pid)
    return { snapshot, processes, today, runningMs, isSupervised, data: this.#data }
  }

  async #processes(): Promise<ProcessState[]> {
    const before = this.#usages
    const pids = this.#run.processes.map(({ pid }) => pid)
    this.#usages = new Map(pids.flatMap(pid => [[pid, readUsage(pid)] as const]).filter(isKnown))
    const healths = await Promise.all(this.#run.processes.map(healthOf))
    return healths.map(health => {
      const usage = this.#usages.get(health.pid)
      return { ...health, cpu: cpuShare(before.get(health.pid), usage), memoryBytes: usage?.memoryBytes }
    })
  }
}

/** What a start in this folder says of itself. Throws UsageError when none runs there. */
export function runIn(data: string): RunFile {
  const run = readRunFile(data)
  if (run === undefined) throw new UsageError(`Nothing runs in ${data}: \`tickhouse start\` starts it (--data names another folder)`)
  return run
}

function isKnown(entry: readonly [number, Usage | undefined]): entry is readonly [number, Usage] {
  return entry[1] !== undefined
}
