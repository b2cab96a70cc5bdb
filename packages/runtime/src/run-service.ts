import type { Registry } from 'prom-client'
import { ConfigError, type Env } from './config.ts'
import { isAbort } from './errors.ts'
import { Lifecycle } from './lifecycle.ts'
import { createLogger, type Logger } from './logger.ts'
import { createRegistry } from './metrics.ts'
import { visibleLines } from './visible.ts'

/** What a service gets to work with. */
export interface ServiceContext {
  readonly env: Env
  readonly log: Logger
  readonly lifecycle: Lifecycle
  readonly registry: Registry
}

/**
 * Runs a service to its end: `main` resolves when it is ready; a signal, the end of an IPC parent, or `lifecycle.stop` ends it.
 * Exit codes: 0 asked to stop, 1 failed, 2 wrong configuration (all problems on stderr).
 */
export async function runService(name: string, main: (context: ServiceContext) => Promise<void>): Promise<never> {
  const { env } = process
  const log = createLogger({ name, level: env['LOG_LEVEL'] || 'info' })
  const lifecycle = new Lifecycle(log)
  stopOnSignals(lifecycle)
  crashOnBugs(log)
  const code = await live(main, { env, log, lifecycle, registry: createRegistry(name) })
  process.exit(code)
}

async function live(main: (context: ServiceContext) => Promise<void>, context: ServiceContext): Promise<number> {
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
