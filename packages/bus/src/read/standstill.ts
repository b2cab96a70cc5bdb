import { reasonOf, rootOf } from '../errors.ts'

/** What a reader waits for: a place in the group, where to begin in its partitions, or Kafka's answer to a fetch. */
export type WaitsFor = 'group' | 'start' | 'records'

/** A standstill of reading: how long it has lasted by the monotonic clock, ms, and the reason if it is known. */
export interface Standstill {
  readonly waitsFor: WaitsFor
  readonly forMs: number
  readonly reason: string | null
}

/** Kafka answers a fetch this long after it may wait for records, or something is wrong. */
const lateMs = 5_000

/** Knows whether a reader reads. A wait begins with what is asked first and ends with Kafka's answer to a fetch, whatever happens in between. */
export class ReadingState {
  readonly #maxWaitMs: number
  #waitsFor: WaitsFor | undefined = 'group'
  #sinceMs = performance.now()
  #reason: string | null = null

  constructor(maxWaitMs: number) {
    this.#maxWaitMs = maxWaitMs
  }

  /** Null while fetches are answered, and while the caller works on a poll. */
  get standstill(): Standstill | null {
    const waitsFor = this.#waitsFor
    if (waitsFor === undefined) return null
    const forMs = performance.now() - this.#sinceMs
    if (waitsFor === 'records' && forMs < this.#maxWaitMs + lateMs) return null
    return { waitsFor, forMs, reason: this.#reason }
  }

  waits(waitsFor: WaitsFor): void {
    if (this.#waitsFor === undefined) this.#sinceMs = performance.now()
    this.#waitsFor = waitsFor
  }

  failed(error: unknown): void {
    const { message } = rootOf(error)
    this.#reason = message === '' ? reasonOf(error) : message
  }

  reads(): void {
    this.#waitsFor = undefined
    this.#reason = null
  }
}
