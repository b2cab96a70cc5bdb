import { delay, isAbort, type Logger } from '@tickhouse/runtime'
import type { PageAnswer, PageState, Point, StageName } from '../state/page-state.ts'

/** How the watcher looks, and where it says that it could not. */
export interface WatcherDeps {
  readonly look: () => Promise<PageState>
  readonly log: Logger
}

const everyMs = 1000
/** Nobody asks: only the plots have to go on. */
const idleTicks = 5
const audienceMs = 5000

/** Looks once a second while somebody has the page open, else every five seconds, and keeps what the plots show. */
export class Watcher {
  readonly #deps: WatcherDeps
  readonly #stop = new AbortController()
  #running: Promise<void> = Promise.resolve()
  #state: Promise<PageState>
  #points: readonly Point[] = []
  #askedAtMs = Number.NEGATIVE_INFINITY

  constructor(deps: WatcherDeps) {
    this.#deps = deps
    this.#state = this.#look()
    this.#state.catch(error => this.#complain(error))
    this.#running = this.#run(this.#stop.signal)
  }

  /** The newest state, and the points after a time. */
  async answer(sinceMs: number): Promise<PageAnswer> {
    this.#askedAtMs = performance.now()
    const state = await this.#state
    return { state, points: this.#points.filter(({ atMs }) => atMs > sinceMs) }
  }

  async close(): Promise<void> {
    this.#stop.abort()
    await this.#running
  }

  async #run(stop: AbortSignal): Promise<void> {
    for (let tick = 1; !stop.aborted; tick++) {
      await delay(everyMs, stop).catch(ignoreAbort)
      const isWatched = performance.now() - this.#askedAtMs < audienceMs
      if (!stop.aborted && (isWatched || tick % idleTicks === 0)) await this.#next()
    }
  }

  /** What is shown stays until there is something newer. */
  async #next(): Promise<void> {
    try {
      this.#state = Promise.resolve(await this.#look())
    } catch (error) {
      this.#complain(error)
    }
  }

  #complain(error: unknown): void {
    this.#deps.log.error({ err: error }, 'The page could not look at the pipeline')
  }

  async #look(): Promise<PageState> {
    const state = await this.#deps.look()
    this.#points = withPoint(this.#points, pointOf(state))
    return state
  }
}

function ignoreAbort(error: unknown): void {
  if (!isAbort(error)) throw error
}

const keptMs = 600_000

/** What the plots need of a state. */
export function pointOf({ atMs, flows, freshness, latencyMs }: PageState): Point {
  const into = (stage: StageName) => flows.find(({ to }) => to === stage)?.perSecond ?? null
  return { atMs, captured: into('collector'), stored: into('questdb'), freshMs: freshness?.ageMs ?? null, latencyMs }
}

/** The points of the last ten minutes, with one more. */
export function withPoint(points: readonly Point[], point: Point): Point[] {
  return [...points.filter(({ atMs }) => atMs > point.atMs - keptMs), point]
}
