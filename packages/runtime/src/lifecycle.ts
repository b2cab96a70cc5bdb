import { isAbort, messageOf, TickhouseError } from './errors.ts'
import type { Logger } from './logger.ts'

/** Anything that can be closed. */
export interface Closable {
  close(): Promise<void> | void
}

interface Owned {
  readonly name: string
  readonly thing: Closable
  readonly deadlineMs: number
}

/**
 * The life of a process: running → stopping (the signal is aborted) → closed (everything owned is closed, newest first).
 * `stop` and `fail` only lead to stopping; whoever runs the process then calls `close`.
 */
export class Lifecycle {
  /** The first error given to `fail`, if any. */
  failure: unknown
  readonly #abort = new AbortController()
  readonly #owned: Owned[] = []
  readonly #log: Logger
  #closing: Promise<void> | undefined

  constructor(log: Logger) {
    this.#log = log
  }

  /** Aborts when the process is to stop. */
  get signal(): AbortSignal {
    return this.#abort.signal
  }

  /** Takes over the closing of `thing`, after everything that is owned later; past the deadline closing goes on without it. */
  own<T extends Closable>(name: string, thing: T, deadlineMs = 15_000): T {
    this.#owned.push({ name, thing, deadlineMs })
    return thing
  }

  /** Runs a task in the background: its failure stops the process, and closing waits for its end. */
  run(name: string, task: (signal: AbortSignal) => Promise<void>, deadlineMs?: number): void {
    const ended = task(this.signal).catch(error => {
      if (!(this.signal.aborted && isAbort(error))) this.fail(error)
    })
    this.own(name, { close: () => ended }, deadlineMs)
  }

  /** Asks the process to stop; only the first reason counts. */
  stop(reason: string): void {
    if (this.signal.aborted) return
    this.#log.info({ reason }, 'Stopping')
    this.#abort.abort(new DOMException(reason, 'AbortError'))
  }

  /** Asks the process to stop because it cannot go on; it will end with exit code 1. */
  fail(error: unknown): void {
    this.failure ??= error
    this.#log.error({ err: error }, 'Cannot go on')
    this.stop('failure')
  }

  /** Closes everything owned in reverse order, each within its deadline; throws at the end if something did not close. */
  close(): Promise<void> {
    this.stop('closed')
    this.#closing ??= this.#closeAll()
    return this.#closing
  }

  async #closeAll(): Promise<void> {
    const failures: string[] = []
    for (let owned = this.#owned.pop(); owned !== undefined; owned = this.#owned.pop()) {
      try {
        await closeInTime(owned)
      } catch (error) {
        failures.push(`${owned.name}: ${messageOf(error)}`)
        this.#log.error({ err: error, component: owned.name }, 'Could not close')
      }
    }
    if (failures.length > 0) throw new TickhouseError('CLOSE_FAILED', `Not everything was closed: ${failures.join('; ')}`)
  }
}

async function closeInTime({ thing, deadlineMs }: Owned): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new TickhouseError('CLOSE_LATE', `Not closed within ${deadlineMs} ms`)), deadlineMs)
  })
  try {
    await Promise.race([thing.close(), late])
  } finally {
    clearTimeout(timer)
  }
}
