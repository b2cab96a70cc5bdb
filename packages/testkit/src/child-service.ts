import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { TickhouseError } from '@tickhouse/runtime'
import { guard } from '@tickhouse/stack'
import { scaledTimeout } from './scaled-timeout.ts'
import type { Starved } from './starvation.ts'

/** How a service ended, with all it wrote to stderr. */
export interface ServiceExit {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly stderr: string
}

/** A service that runs as a process of its own. */
export interface ChildService<A extends object = Record<string, unknown>> {
  readonly pid: number
  /** What it announced when it was ready. */
  readonly announced: A
  readonly exited: Promise<ServiceExit>
  /** What it wrote to stderr so far. */
  stderr(): string
  /** Sends a signal and returns at once; `exited` tells when it has ended. */
  kill(signal: NodeJS.Signals): void
  /** SIGTERM, then waits for the end; SIGKILL when that takes longer than `timeoutMs`. */
  stop(timeoutMs?: number): Promise<ServiceExit>
  /** The same as `stop`. */
  close(): Promise<void>
}

/** How to run a service. */
export interface ChildServiceOptions {
  readonly args?: readonly string[]
  /** What runs it instead of Node.js: a program that becomes Node.js with the same arguments. */
  readonly execPath?: string | undefined
  /** How long it may take until it announces itself, on the usual machine. */
  readonly timeoutMs?: number
  /** Hears of the moments in which the machine did not let it run. */
  readonly onStarved?: (starved: Starved) => void
}

/** Where every process of the project keeps what it compiled, so that the next one starts in half the time. */
const compiled = join(import.meta.dirname, '../../../.tickhouse/compiled')
const watch = join(import.meta.dirname, 'starvation-watch.ts')

/**
 * Runs a service's main.ts as a process of its own and waits until it announces itself. It sees only the given environment
 * (and PATH, HOME, TZ), never the one of the tests. It stops when the test process is gone, however that went, and even when it was frozen.
 */
export async function childService<A extends object = Record<string, unknown>>(
  path: string,
  env: Readonly<Record<string, string>>,
  { args = [], execPath, timeoutMs = 60_000, onStarved }: ChildServiceOptions = {},
): Promise<ChildService<A>> {
  const execArgv = onStarved === undefined ? [] : ['--import', watch]
  const settings = { ...ownEnvironment(), LOG_LEVEL: 'warn', ...env }
  const child = fork(path, [...args], { silent: true, execArgv, ...(execPath && { execPath }), env: settings })
  guard(child)
  if (onStarved !== undefined) child.on('message', ({ starved }: { starved?: Starved }) => starved && onStarved(starved))
  const output = { stderr: '' }
  child.stdout!.resume()
  child.stderr!.setEncoding('utf8').on('data', chunk => {
    output.stderr += chunk
  })
  const exited = exitOf(child, output)
  const announced = await announcement<A>(child, path, exited, scaledTimeout(timeoutMs))
  const stop = (ms = 30_000) => stopWithin(child, exited, scaledTimeout(ms))
  return {
    pid: child.pid!,
    announced,
    exited,
    stderr: () => output.stderr,
    kill: signal => void child.kill(signal),
    stop,
    close: () => stop().then(() => {}),
  }
}

function ownEnvironment(): Record<string, string> {
  const kept = ['PATH', 'HOME', 'TZ', 'JAVA_HOME']
  const own = kept.flatMap(name => (process.env[name] === undefined ? [] : [[name, process.env[name]]]))
  return { ...Object.fromEntries(own), NODE_COMPILE_CACHE: compiled }
}

async function exitOf(child: ChildProcess, output: { stderr: string }): Promise<ServiceExit> {
  const [[code, signal]] = await Promise.all([once(child, 'exit'), once(child.stderr!, 'close')])
  return { code, signal, stderr: output.stderr }
}

async function announcement<A>(child: ChildProcess, path: string, exited: Promise<ServiceExit>, timeoutMs: number): Promise<A> {
  const failure = (why: string, stderr: string) => new TickhouseError('SERVICE_START_FAILED', `${path} ${why}\n${stderr}`)
  const timer = setTimeout(() => child.kill('SIGKILL'), timeoutMs)
  try {
    return await Promise.race([
      announcedBy<A>(child),
      exited.then(({ code, signal, stderr }) => {
        throw failure(signal === 'SIGKILL' ? `announced nothing within ${timeoutMs} ms` : `ended with ${code ?? signal}`, stderr)
      }),
    ])
  } finally {
    clearTimeout(timer)
  }
}

function announcedBy<A>(child: ChildProcess): Promise<A> {
  return new Promise(resolve =>
    child.on('message', (message: { announce?: A }) => {
      if (message.announce !== undefined) resolve(message.announce)
    }),
  )
}

async function stopWithin(child: ChildProcess, exited: Promise<ServiceExit>, timeoutMs: number): Promise<ServiceExit> {
  child.kill('SIGCONT')
  child.kill('SIGTERM')
  const timer = setTimeout(() => child.kill('SIGKILL'), timeoutMs)
  try {
    return await exited
  } finally {
    clearTimeout(timer)
  }
}
