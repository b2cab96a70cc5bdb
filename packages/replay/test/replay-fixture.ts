import { momentOf } from '@tickhouse/calendar'
import { closeContent, openJournal, sessionHeader } from '@tickhouse/journal'
import { createLogger, untold } from '@tickhouse/runtime'
import { own, temporaryFolder } from '@tickhouse/testkit'
import { type ReplayOrder, type ServedReplay, type ServeOptions, selectFrames, serveReplay } from '../src/index.ts'
import type { ReplayTime } from '../src/replay-clock.ts'

const log = createLogger({ name: 'tests', level: 'silent' })
export const date = '2026-11-27'

/** A moment of that date, Korean time, µs. */
export function at(clock: string): number {
  return momentOf(date, clock)
}

/** A session of a journal: frames with the seconds after its beginning, and how it ended. */
export interface WrittenSession {
  readonly session: string
  readonly from: string
  readonly frames: readonly (readonly [second: number, text: string])[]
  /** None where it crashed, or goes on. */
  readonly closed?: { readonly second: number; readonly reason: string }
}

/** A folder with a journal of these sessions. */
export async function journalOf(sessions: readonly WrittenSession[]): Promise<string> {
  const directory = temporaryFolder()
  const journal = await openJournal({ directory, log, onLoss: () => {} })
  for (const { session, from, frames, closed } of sessions) {
    const openedAtUs = at(from)
    journal.beginSession(sessionHeader({ session, openedAtUs, environment: 'simulator', collector: 'test' }, {}))
    journal.append('heartbeat', openedAtUs, Buffer.alloc(0))
    for (const [second, text] of frames) journal.append('frame', openedAtUs + second * 1e6, Buffer.from(text))
    if (closed !== undefined) journal.append('close', openedAtUs + closed.second * 1e6, closeContent(closed.reason, {}))
  }
  await journal.close()
  return directory
}

/** A frame of some data, each a type and an item, told from others by a price. */
export function frameOf(price: number, ...pairs: readonly (readonly [type: string, item: string])[]): string {
  const data = pairs.map(([type, item]) => `{"values":{"10":"+${price}"},"type":"${type}","name":"","item":"${item}"}`)
  return `{"data":[${data.join(',')}],"trnm":"REAL"}`
}

/** A replay that settles quickly, ended with the test; at full speed unless told otherwise. */
export async function served(
  order: Omit<ReplayOrder, 'directory'> & { readonly directory: string },
  options: Partial<ServeOptions> = {},
): Promise<ServedReplay> {
  const signal = new AbortController().signal
  const selection = await selectFrames(order, at('23:00'))
  const venue = { settleMs: 20, loginAnswerMs: 1, tokenRequestsPerSecond: 1_000, ...options.venue }
  return own(await serveReplay(selection, { port: 0, speed: Number.POSITIVE_INFINITY, ...options, venue }, { tell: untold, signal }))
}

/** A clock on which a wait is over at once, and that tells how long each was, ms. */
export class QuickTime implements ReplayTime {
  readonly rests: number[] = []
  #us = 5e6

  monotonicUs(): number {
    return this.#us
  }

  async rest(ms: number): Promise<void> {
    this.rests.push(ms)
    this.#us += ms * 1_000
  }
}

/** A clock that goes on when the test says so. */
export class ManualTime implements ReplayTime {
  #us = 5e6
  readonly #waiting = new Set<{ readonly untilUs: number; readonly resolve: () => void }>()

  monotonicUs(): number {
    return this.#us
  }

  async rest(ms: number, signal: AbortSignal): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>()
    const one = { untilUs: this.#us + ms * 1_000, resolve }
    const wake = () => resolve()
    this.#waiting.add(one)
    signal.addEventListener('abort', wake)
    if (signal.aborted) resolve()
    await promise
    signal.removeEventListener('abort', wake)
    this.#waiting.delete(one)
  }

  advance(ms: number): void {
    this.#us += ms * 1_000
    for (const { untilUs, resolve } of this.#waiting) if (untilUs <= this.#us) resolve()
  }
}
