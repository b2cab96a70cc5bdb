import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { appendFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import {
  backoffMs,
  delay,
  type Env,
  isAbort,
  type LogLine,
  logLevels,
  messageOf,
  readLogLine,
  TickhouseError,
  UsageError,
} from '@tickhouse/runtime'

/** What a service announces once it is ready: its own HTTP endpoint, and for the simulator its venue. */
export interface Announced {
  readonly pid: number
  readonly http: string
  readonly url?: string
  readonly wsUrl?: string
}

/** A service and how it is run. */
export interface ServiceDefinition {
  readonly name: string
  /** Its main.ts. */
  readonly main: string
  readonly env: Env
  readonly logFile: string
  /** Hears, in a sentence, of what a person should know: warnings, errors, its end and its restarts. */
  readonly say: (sentence: string) => void
  /** It is ready again after a restart. */
  readonly onRestart: () => void
}

const announceTimeoutMs = 60_000
const healthyMs = 60_000

/**
 * A service as a process of its own, restarted with growing pauses when it ends by itself:
 * stopped → start() → running ⇄ waiting to run again → stop() → stopped. It ends when this process does.
 */
export class ServiceProcess {
  readonly name: string
  announced: Announced | undefined
  readonly #definition: ServiceDefinition
  readonly #stop = new AbortController()
  #child: ChildProcess | undefined
  /** Resolves when the process has ended and all that it logged is in its file. */
  #running: Promise<unknown> = Promise.resolve()
  #lastLine = ''
  #failures = 0

  constructor(definition: ServiceDefinition) {
    this.name = definition.name
    this.#definition = definition
  }

  /** The pid while it runs. */
  get pid(): number | undefined {
    return this.#child?.pid
  }

  /** Starts it and waits until it announces itself. Throws UsageError with all problems when its configuration is wrong. */
  async start(): Promise<Announced> {
    this.announced = await this.#launch()
    return this.announced
  }

  /** Asks it to stop and waits for its end; kills it when that takes longer. */
  async stop(timeoutMs = 30_000): Promise<void> {
    this.#stop.abort()
    const late = setTimeout(() => this.#child?.kill('SIGKILL'), timeoutMs)
    this.#child?.kill('SIGTERM')
    await this.#running
    clearTimeout(late)
  }

  async #launch(): Promise<Announced> {
    const { main, env } = this.#definition
    const startedAt = performance.now()
    const child = fork(main, { stdio: ['ignore', 'ignore', 'pipe', 'ipc'], detached: true, execArgv: [], env })
    this.#child = child
    const stderr = this.#readLog(child)
    const ended = once(child, 'exit').then(([code, signal]) => stderr.then(text => ({ code: code ?? signal, text })))
    this.#running = ended.then(() => {
      this.#child = undefined
    })
    const announced = await announcementOf(child, ended, this.name)
    void ended.then(({ code }) => this.#ended(code, performance.now() - startedAt))
    return announced
  }

  /** Writes what the service logs to its file, tells what matters, and gives the first part of it. */
  async #readLog(child: ChildProcess): Promise<string> {
    let text = ''
    for await (const line of createInterface({ input: child.stderr! })) {
      this.#keep(line)
      if (text.length < 10_000) text += `${line}\n`
      this.#tell(readLogLine(line))
    }
    return text
  }

  /** A disk that is full takes no log; everything else goes on. */
  #keep(line: string): void {
    try {
      appendFileSync(this.#definition.logFile, `${line}\n`)
    } catch {}
  }

  /** Repeated lines are told once. */
  #tell({ level, sentence }: LogLine): void {
    if (level < logLevels.warn || sentence === this.#lastLine) return
    this.#lastLine = sentence
    this.#definition.say(`${this.name}: ${sentence}`)
  }

  #ended(code: number | string, livedMs: number): void {
    if (this.#stop.signal.aborted) return
    if (livedMs > healthyMs) this.#failures = 0
    this.#definition.say(`${this.name} ended (${typeof code === 'number' ? `exit code ${code}` : code}), see ${this.#definition.logFile}`)
    void this.#runAgain()
  }

  async #runAgain(): Promise<void> {
    const { say, onRestart } = this.#definition
    const pauseMs = 500 + backoffMs(++this.#failures, { baseMs: 500, maxMs: 30_000 })
    try {
      await delay(pauseMs, this.#stop.signal)
      await this.start()
      say(`${this.name} runs again`)
      onRestart()
    } catch (error) {
      if (this.#stop.signal.aborted || isAbort(error)) return
      say(`${this.name} could not be started again: ${messageOf(error).split('\n')[0]}`)
      void this.#runAgain()
    }
  }
}

type Ended = Promise<{ code: number | string; text: string }>

async function announcementOf(child: ChildProcess, ended: Ended, name: string): Promise<Announced> {
  const timer = setTimeout(() => child.kill('SIGKILL'), announceTimeoutMs)
  const announced = new Promise<Announced>(resolve =>
    child.on('message', ({ announce }: { announce?: Announced }) => {
      // A service without an address of its own kind calls its HTTP endpoint `url`.
      if (announce !== undefined) resolve({ ...announce, http: announce.http ?? announce.url ?? '' })
    }),
  )
  const failed = ended.then(({ code, text }) => {
    if (code === 2) throw new UsageError(text.trim())
    throw new TickhouseError('SERVICE_START_FAILED', `${name} ended while it started (${code})\n${lastSentences(text)}`)
  })
  try {
    return await Promise.race([announced, failed])
  } finally {
    clearTimeout(timer)
    failed.catch(() => {})
  }
}

function lastSentences(text: string): string {
  return text
    .trim()
    .split('\n')
    .slice(-12)
    .map(line => `  ${readLogLine(line).sentence}`)
    .join('\n')
}
