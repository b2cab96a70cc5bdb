import { entityOf } from '@tickhouse/catalogue'
import { clockSlack, lookAgain } from '@tickhouse/runtime'
import { type Store, timeLiteral } from '@tickhouse/store'

/** What watching needs. */
export interface HeartbeatDeps {
  readonly store: Pick<Store, 'query'>
  /** Hears how long each heartbeat took from its capture until a query found it, s. */
  readonly onVisible: (seconds: number) => void
  /** True while QuestDB takes no rows: then it is not asked either. */
  readonly isStoreFailing: () => boolean
}

const table = entityOf('feed_heartbeat').table.name
const everyMs = 1_000
const minWaitMs = 50
const maxWaitMs = 500
const maxAtOnce = 10_000
/** A heartbeat that took longer than this is not looked for behind one that lies ahead. */
const lateUs = 10_000_000

/** The heartbeats that can be queried: the age of the newest one is the age of what can be queried at all. */
export class Heartbeats {
  /** Capture time of the newest one, µs; undefined before the first. */
  newestUs: number | undefined
  /** When it was found, ms by the monotonic clock. */
  #foundAtMs = 0
  readonly #deps: HeartbeatDeps
  /** How long the newest one took, ms. */
  #latencyMs = 0

  constructor(deps: HeartbeatDeps) {
    this.#deps = deps
  }

  /**
   * Age of the newest one, ms, or how far it lies ahead where clocks differ; undefined before the first. It was found so long ago at least,
   * whatever is done to the wall clock.
   */
  get ageMs(): number | undefined {
    if (this.newestUs === undefined) return undefined
    return Math.max(performance.now() - this.#foundAtMs, Math.abs(Date.now() - this.newestUs / 1_000))
  }

  /** Looks again and again until the signal aborts; a QuestDB that does not answer changes nothing. */
  watch(signal: AbortSignal): Promise<void> {
    return lookAgain(
      async () => (this.#deps.isStoreFailing() ? undefined : this.look(signal)),
      () => nextLookMs(this.ageMs, this.#latencyMs),
      signal,
    )
  }

  /** Looks once. The first look only finds out where to begin: what stood there before was not seen to come. */
  async look(signal: AbortSignal): Promise<void> {
    const before = this.newestUs
    const rows = await this.#deps.store.query<{ timestamp: number }>(queryFor(before, Date.now() * 1_000), signal)
    const nowMs = Date.now()
    for (const { timestamp } of rows) {
      this.newestUs = timestamp
      this.#foundAtMs = performance.now()
      if (before === undefined) continue
      this.#latencyMs = Math.max(0, nowMs - timestamp / 1_000)
      this.#deps.onVisible(this.#latencyMs / 1_000)
    }
  }
}

/** The next heartbeat is due a second after the newest one plus the time that one took; the longer it is overdue, the less often is asked. */
export function nextLookMs(ageMs: number | undefined, latencyMs: number): number {
  if (ageMs === undefined) return maxWaitMs
  const dueInMs = everyMs + 0.8 * latencyMs - ageMs
  return Math.min(maxWaitMs, Math.max(minWaitMs, dueInMs > 0 ? dueInMs : -dueInMs / 4))
}

/**
 * A range over the designated timestamp: nothing is scanned. Where the newest one lies ahead, a clock was wrong and may be right by now: then it is
 * looked for what has just come.
 */
function queryFor(afterUs: number | undefined, nowUs: number): string {
  if (afterUs === undefined) return `SELECT timestamp FROM ${table} LIMIT -1`
  if (afterUs - nowUs > clockSlack.wrongMs * 1_000) {
    const [from, to] = [timeLiteral(nowUs - lateUs), timeLiteral(nowUs)]
    return `SELECT timestamp FROM ${table} WHERE timestamp > ${from} AND timestamp < ${to} LIMIT ${maxAtOnce}`
  }
  return `SELECT timestamp FROM ${table} WHERE timestamp > ${timeLiteral(afterUs)} LIMIT ${maxAtOnce}`
}
