import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { delay, TickhouseError } from '@tickhouse/runtime'
import { spawnGuarded } from './guarded-spawn.ts'

/** How a program ended. */
export interface Exit {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
}

/** How one server is started, known to be ready, and stopped. */
export interface ServerDefinition {
  readonly name: string
  readonly command: string
  /** Asked for at each start. */
  readonly args: () => readonly string[]
  /** Where its output goes; the last lines are shown when it does not start. */
  readonly outputFile: string
  /** Where it logs, if not to its output. */
  readonly logFile?: string
  /** True once it really answers. */
  readonly answers: () => Promise<boolean>
  /** Brings things into place before each start. */
  readonly prepare?: () => Promise<void>
  /** Delivers a signal, if not to the process itself. */
  readonly deliver?: (signal: NodeJS.Signals) => Promise<void>
  /** Told whenever it has ended, before anything else is. */
  readonly ended?: (exit: Exit) => void
  /** Told when it ends without having been asked to. */
  readonly onExit?: ((exit: Exit) => void) | undefined
}

const startTimeoutMs = 120_000
/** Long enough for a Java process that writes its class archive on a busy machine. */
const stopTimeoutMs = 45_000
const ending: readonly NodeJS.Signals[] = ['SIGKILL', 'SIGTERM', 'SIGINT', 'SIGQUIT', 'SIGABRT']

/**
 * A server that runs as a child process, to be started, stopped and killed any number of times at the same address with the same data:
 * stopped → start() → running → stop() or kill() → stopped. Ending by itself also leads to stopped, and `onExit` hears of it.
 */
export class ServerProcess {
  readonly #definition: ServerDefinition
  #child: ChildProcess | undefined
  #asked = false

  constructor(definition: ServerDefinition) {
    this.#definition = definition
  }

  get name(): string {
    return this.#definition.name
  }

  /** The pid while it runs. */
  get pid(): number | undefined {
    return this.#child?.pid
  }

  get logFile(): string {
    return this.#definition.logFile ?? this.#definition.outputFile
  }

  /** Resolves when it answers; rejects with the last lines of its log when it ends first, and with an AbortError when aborted. */
  async start(signal?: AbortSignal): Promise<void> {
    if (this.#child !== undefined) throw new TickhouseError('SERVER_RUNS_ALREADY', `${this.name} runs already`)
    await this.#definition.prepare?.()
    signal?.throwIfAborted()
    this.#launch()
    try {
      await this.#ready(signal)
    } catch (error) {
      await this.kill('SIGKILL')
      throw error
    }
  }

  /** Asks it to stop and waits until it has ended; kills it when that takes too long. */
  async stop(): Promise<void> {
    if (this.#child === undefined) return
    const late = setTimeout(() => void this.#send('SIGKILL'), stopTimeoutMs)
    await this.kill('SIGTERM')
    clearTimeout(late)
  }

  /** The same as `stop`, for whoever closes things. */
  close(): Promise<void> {
    return this.stop()
  }

  /** Sends a signal; for one that ends a process, waits until it has ended. */
  async kill(signal: NodeJS.Signals): Promise<void> {
    const child = this.#child
    if (child === undefined) return
    if (!ending.includes(signal)) return this.#send(signal)
    this.#asked = true
    const ended = once(child, 'exit')
    await this.#send(signal)
    await ended
  }

  #launch(): void {
    const { command, args, outputFile } = this.#definition
    const child = spawnGuarded(command, args(), outputFile)
    this.#child = child
    this.#asked = false
    child.once('exit', (code, signal) => {
      this.#child = undefined
      this.#definition.ended?.({ code, signal })
      if (!this.#asked) this.#definition.onExit?.({ code, signal })
    })
  }

  async #ready(signal?: AbortSignal): Promise<void> {
    const deadline = performance.now() + startTimeoutMs
    while (!(await this.#definition.answers())) {
      if (this.#child === undefined) throw this.#failed('ended while it started')
      if (performance.now() > deadline) throw this.#failed(`did not answer within ${startTimeoutMs / 1000} s`)
      await delay(50, signal)
    }
  }

  #failed(what: string): TickhouseError {
    const files = [...new Set([this.#definition.outputFile, this.logFile])]
    return new TickhouseError('SERVER_START_FAILED', `${this.name} ${what}\n${files.map(file => lastLines(file, 15)).join('\n')}`, {
      files,
    })
  }

  async #send(signal: NodeJS.Signals): Promise<void> {
    if (this.#definition.deliver !== undefined) await this.#definition.deliver(signal)
    else this.#child?.kill(signal)
  }
}

/** The last `count` lines of a log, each indented, under the file's name; nothing when there is none. */
function lastLines(path: string, count: number): string {
  try {
    const lines = readFileSync(path, 'utf8').trimEnd().split('\n').slice(-count)
    return [`  ${path}:`, ...lines.map(line => `    ${line}`)].join('\n')
  } catch {
    return ''
  }
}
