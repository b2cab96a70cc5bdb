import { rest, systemClock, UsageError } from '@tickhouse/runtime'

/** Where time comes from, and how it is waited for; tests pass their own. */
export interface ReplayTime {
  /** µs since some fixed moment, never going back. */
  monotonicUs(): number
  /** Resolves after `ms`, or as soon as the signal aborts. */
  rest(ms: number, signal: AbortSignal): Promise<void>
}

const machineTime: ReplayTime = { monotonicUs: () => systemClock.monotonicUs(), rest }

/** The time of the journal, going on at a speed: 1 is the original one, Infinity waits for nothing. It stands still until it is told to go on. */
export class ReplayClock {
  readonly #speed: number
  readonly #time: ReplayTime
  /** The time of the journal when it last went on, and what the machine's clock said then; undefined while it stands still. */
  #atUs = 0
  #sinceUs: number | undefined

  constructor(speed: number, time = machineTime) {
    this.#speed = speed
    this.#time = time
  }

  /** Capture time, µs. */
  get nowUs(): number {
    if (this.#sinceUs === undefined || this.#speed === Number.POSITIVE_INFINITY) return this.#atUs
    return this.#atUs + (this.#time.monotonicUs() - this.#sinceUs) * this.#speed
  }

  /** It is that time now. */
  setTo(timeUs: number): void {
    this.#atUs = timeUs
    if (this.#sinceUs !== undefined) this.#sinceUs = this.#time.monotonicUs()
  }

  /** Goes on, from where it is. */
  goOn(): void {
    this.#atUs = this.nowUs
    this.#sinceUs = this.#time.monotonicUs()
  }

  /** Stands still while the work is done, and goes on where it was. */
  async standStill(work: () => Promise<void>): Promise<void> {
    this.#atUs = this.nowUs
    this.#sinceUs = undefined
    await work()
    this.goOn()
  }

  /** How long it is until then, ms; not positive where it is time. */
  msUntil(timeUs: number): number {
    if (this.#speed === Number.POSITIVE_INFINITY) return 0
    return (timeUs - this.nowUs) / (1_000 * this.#speed)
  }

  /** Waits as long as it takes until then, or until the signal aborts. */
  async until(timeUs: number, signal: AbortSignal): Promise<void> {
    for (let ms = this.msUntil(timeUs); ms > 0 && !signal.aborted; ms = this.msUntil(timeUs))
      await this.#time.rest(Math.min(Math.ceil(ms), maxRestMs), signal)
  }
}

/** Short enough for every timer. */
const maxRestMs = 3_600_000

/** A speed as a person writes it: a positive number, or `max`. Throws UsageError. */
export function readSpeed(word: string): number {
  const speed = word === 'max' ? Number.POSITIVE_INFINITY : /^\d+(\.\d+)?$/.test(word) ? Number(word) : 0
  if (speed > 0) return speed
  throw new UsageError(`Expected a speed such as 1, 10 or max, was "${word}"`)
}
