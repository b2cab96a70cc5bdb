import type { Registry } from 'prom-client'
import { ConfigError, type ConfigOf, type ConfigSpec, describeConfig, type Env, loadConfig } from './config.ts'
import type { Tell } from './doing.ts'
import { isAbort } from './errors.ts'
import { Lifecycle } from './lifecycle.ts'
import { createLogger, type Logger } from './logger.ts'
import { createRegistry } from './metrics.ts'
import { text } from './settings.ts'
import { visible, visibleLines } from './visible.ts'

/** The settings of every process. */
export const processSettings = {
  logLevel: text('LOG_LEVEL', {
    default: 'info',
    describe: 'How much is logged: trace, debug, info, warn, error, fatal or silent. The command line begins with warn',
  }),
}

/** What a service gets to work with. */
export interface ServiceDeps {
  readonly env: Env
  readonly log: Logger
  readonly lifecycle: Lifecycle
  readonly registry: Registry
}

/**
 * Runs a service to its end: `main` resolves when it is ready; a signal, the end of an IPC parent, or `lifecycle.stop` ends it.
 * Exit codes: 0 asked to stop, 1 failed, 2 wrong configuration (all problems on stderr).
 */
export async function runService(name: string, main: (deps: ServiceDeps) => Promise<void>): Promise<never> {
  const { env } = process
  const log = createLogger({ name, level: loadConfig(processSettings, env).logLevel })
  const lifecycle = new Lifecycle(log)
  stopOnSignals(lifecycle)
  crashOnBugs(log)
  const code = await live(main, { env, log, lifecycle, registry: createRegistry(name) })
  process.exit(code)
}

async function live(main: (deps: ServiceDeps) => Promise<void>, context: ServiceDeps): Promise<number> {
  const { lifecycle, log } = context
  try {
    await main(context)
    await aborted(lifecycle.signal)
  } catch (error) {
    if (error instanceof ConfigError) return reportConfig(error)
    if (!(lifecycle.signal.aborted && isAbort(error))) lifecycle.fail(error)
  }
  try {
    await lifecycle.close()
  } catch (error) {
    lifecycle.failure ??= error
  }
  log.info('Stopped')
  return lifecycle.failure === undefined ? 0 : 1
}

function reportConfig(error: ConfigError): number {
  process.stderr.write(`${visibleLines(error.message)}\n`)
  return 2
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise(resolve => {
    if (signal.aborted) return resolve()
    const alive = setInterval(() => {}, 2 ** 30)
    signal.addEventListener('abort', () => {
      clearInterval(alive)
      resolve()
    })
  })
}

function stopOnSignals(lifecycle: Lifecycle): void {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => lifecycle.stop(signal))
  if (process.send !== undefined) process.on('disconnect', () => lifecycle.stop('the parent process ended'))
}

/** After a bug the state is unknown: the process ends at once and starts again from what is on disk. */
function crashOnBugs(log: Logger): void {
  const crash = (error: unknown) => {
    log.fatal({ err: error }, 'Unexpected error')
    process.exit(1)
  }
  process.on('uncaughtException', crash)
  process.on('unhandledRejection', crash)
}

/** Tells the parent process, if it listens over IPC, where this process is to be found: its URL, pid, ports. */
export function announce(fields: object): void {
  process.send?.({ announce: { pid: process.pid, ...fields } })
}

/** Tells the parent process, if it listens over IPC, what is being done now. */
export const tellParent: Tell = sentence => {
  process.send?.({ told: sentence() })
}

/** True when the process was started with `--print-config`, only to be asked for its settings: then they are on stdout, secrets redacted. */
export function printedConfig<S extends ConfigSpec>(spec: S, config: ConfigOf<S>, argv: readonly string[] = process.argv): boolean {
  if (!argv.includes('--print-config')) return false
  const rows = describeConfig(spec, config)
  process.stdout.write(rows.map(({ variable, value, describe }) => `# ${describe}\n${variable}=${visible(value)}\n`).join(''))
  return true
}
