import { fork } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { type Doing, type Env, logLevels, readLogLine, TickhouseError, UsageError } from '@tickhouse/runtime'

const services = join(import.meta.dirname, '..', '..', '..', 'services')
/** So many lines are kept of what it said last, … */
const maxLines = 20
/** … and so many warnings and errors of them are shown when it fails. */
const maxShown = 3

/**
 * Runs a program of a service, such as `simulator/src/write-day.ts`, to its end; what it tells is told. It ends with the signal, or when this process is gone. Throws
 * UsageError for a wrong configuration or where the program is not there, and CHILD_FAILED with what it said last when it fails.
 */
export async function runToEnd(program: string, env: Env, { tell, signal }: Doing): Promise<void> {
  const main = join(services, program)
  if (!existsSync(main))
    throw new UsageError(`Expected ${main}, which a clone of the repository has and an image of the command line has not`)
  const child = fork(main, {
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    execArgv: [],
    env: { ...env, LOG_LEVEL: env['LOG_LEVEL'] || 'warn' },
  })
  child.on('message', ({ told }: { told?: string }) => told !== undefined && tell(() => told))
  const lines: string[] = []
  createInterface({ input: child.stderr! }).on('line', line => lines.push(line) > maxLines && lines.shift())
  const end = () => child.kill('SIGTERM')
  signal.addEventListener('abort', end)
  try {
    const [code, killedBy] = (await once(child, 'close')) as [number | null, string | null]
    signal.throwIfAborted()
    if (code === 2) throw new UsageError(lines.join('\n'))
    if (code !== 0) throw new TickhouseError('CHILD_FAILED', [`${program} ended with ${code ?? killedBy}`, ...troubleIn(lines)].join('\n'))
  } finally {
    signal.removeEventListener('abort', end)
  }
}

function troubleIn(lines: readonly string[]): string[] {
  const trouble = lines.map(readLogLine).filter(({ level }) => level >= logLevels.warn)
  return trouble.slice(-maxShown).map(({ sentence }) => `  ${sentence}`)
}
