import { statfs } from 'node:fs/promises'
import type { Bus } from '@tickhouse/bus'
import { lookAgain } from '@tickhouse/runtime'

const pauseMs = 30_000
const brokerUnknown = 'unknown'

/** How much room Kafka and QuestDB have. Kafka tells its own; QuestDB does not, so a folder on its disk is looked at. NaN is what nobody knows. */
export class ServerDisks {
  /** Free bytes by broker, of its fullest disk. */
  ofBrokers: readonly (readonly [broker: string, freeBytes: number])[] = [[brokerUnknown, Number.NaN]]
  /** Free bytes. */
  ofQuestdb = Number.NaN
  readonly #bus: Pick<Bus, 'disks'>
  readonly #questdbFolder: string | undefined

  constructor(bus: Pick<Bus, 'disks'>, questdbFolder: string | undefined) {
    this.#bus = bus
    this.#questdbFolder = questdbFolder
  }

  /** Looks every half minute until the signal aborts. */
  watch(signal: AbortSignal): Promise<void> {
    return lookAgain(
      () => this.look(signal),
      () => pauseMs,
      signal,
    )
  }

  /** Looks once. */
  async look(signal: AbortSignal): Promise<void> {
    const [brokers, questdb] = await Promise.all([this.#kafka(signal), this.#questdb()])
    this.ofBrokers = brokers.size === 0 ? [[brokerUnknown, Number.NaN]] : [...brokers]
    this.ofQuestdb = questdb
  }

  async #kafka(signal: AbortSignal): Promise<Map<string, number>> {
    const disks = await this.#bus.disks(AbortSignal.any([signal, AbortSignal.timeout(pauseMs)])).catch(() => [])
    const byBroker = Map.groupBy(disks, ({ broker }) => String(broker))
    return new Map([...byBroker].map(([broker, own]) => [broker, Math.min(...own.map(({ freeBytes }) => freeBytes))]))
  }

  async #questdb(): Promise<number> {
    if (this.#questdbFolder === undefined) return Number.NaN
    const { bavail, bsize } = await statfs(this.#questdbFolder).catch(() => ({ bavail: Number.NaN, bsize: 1 }))
    return bavail * bsize
  }
}
