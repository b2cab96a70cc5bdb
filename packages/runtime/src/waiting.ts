import { setImmediate as nextTurn, setTimeout as wait } from 'node:timers/promises'
import { isAbort } from './errors.ts'

/** Resolves after `ms`; rejects with an AbortError as soon as the signal aborts. */
export async function delay(ms: number, signal?: AbortSignal): Promise<void> {
  await wait(ms, undefined, signal === undefined ? {} : { signal })
}

/** Resolves after `ms`, or as soon as the signal aborts. */
export async function rest(ms: number, signal: AbortSignal): Promise<void> {
  await delay(ms, signal).catch(error => {
    if (!isAbort(error)) throw error
  })
}

/** Waits for the work, but no longer than until the signal aborts: then rejects with its reason, and the work goes on unseen. */
export async function untilAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return work
  const { promise, reject } = Promise.withResolvers<never>()
  const abort = () => reject(signal.reason)
  if (signal.aborted) abort()
  signal.addEventListener('abort', abort, { once: true })
  try {
    return await Promise.race([promise, work])
  } finally {
    signal.removeEventListener('abort', abort)
    work.catch(() => {})
  }
}

/** Looks again and again until the signal aborts, with a wait after each look. A look that fails changes nothing, and the one under way is not waited for. */
export async function lookAgain(look: () => Promise<void>, waitMs: () => number, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await untilAborted(look(), signal).catch(() => {})
    await rest(waitMs(), signal)
  }
}

/**
 * Runs tasks beside each other until one of them ends or the signal aborts, which ends the others by theirs. Resolves when all have ended; rejects then as the first
 * of the list that failed.
 */
export async function together(signal: AbortSignal, tasks: readonly ((until: AbortSignal) => Promise<void>)[]): Promise<void> {
  const over = new AbortController()
  const until = AbortSignal.any([signal, over.signal])
  const ends = await Promise.allSettled(tasks.map(task => task(until).finally(() => over.abort())))
  for (const end of ends) if (end.status === 'rejected') throw end.reason
}

/** A signal that aborts `ms` after another one: how long what is under way may still take. */
export function abortLater(signal: AbortSignal, ms: number): AbortSignal {
  const later = new AbortController()
  signal.addEventListener('abort', () => setTimeout(() => later.abort(signal.reason), ms).unref())
  return later.signal
}

/** Short enough that an echo or a capture time that waits behind it is right to some milliseconds. */
const budgetMs = 4

/**
 * The share that a long piece of work has of the event loop. Between two pieces it asks `isOver`, and if so awaits `next`: sockets that can be read then are read
 * first. Promises alone do not do that: work that only awaits what is there already keeps every socket waiting until it ends.
 */
export class Turn {
  #sinceMs = performance.now()

  get isOver(): boolean {
    return performance.now() - this.#sinceMs >= budgetMs
  }

  async next(): Promise<void> {
    await nextTurn()
    this.#sinceMs = performance.now()
  }
}
