import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { promisify } from 'node:util'

const root = join(import.meta.dirname, '..', '..')

/** A pipeline of its own, with a simulated venue. */
export interface Pipeline {
  /** Resolves with the address of its live page once that is served; rejects when the pipeline ends before. */
  page(): Promise<string>
  /** Stores a simulated day on which something is missing; resolves with its date. */
  storeDay(): Promise<string>
  /** Ends it as Ctrl-C does, and waits for that. */
  close(): Promise<void>
}

/** Starts it with everything it keeps in `data`, an empty folder; jars that are there already are used. */
export function startPipeline(data: string): Pipeline {
  const jars = join(root, '.tickhouse', 'jars')
  if (existsSync(jars)) symlinkSync(jars, join(data, 'jars'))
  const main = join(root, 'packages', 'cli', 'src', 'main.ts')
  const words = [main, 'start', '--data', data, '--rate', '120']
  const child = spawn(process.execPath, words, { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] })
  const end = once(child, 'close')
  return {
    page: async () => {
      for (;;) {
        const page = pageIn(join(data, 'run.json'))
        if (page !== undefined) return page
        if (child.exitCode !== null) throw new Error(`tickhouse start ended with exit code ${child.exitCode}`)
        await delay(250)
      }
    },
    storeDay: async () => {
      const order = ['sample-day', '--data', data, '--degraded', '--symbols', '10', '--records', '600000']
      const { stdout } = await promisify(execFile)(process.execPath, [main, ...order], { cwd: root })
      return stdout.slice(0, '2026-11-27'.length)
    },
    close: async () => {
      child.kill('SIGINT')
      await end
    },
  }
}

function pageIn(runFile: string): string | undefined {
  return existsSync(runFile) ? JSON.parse(readFileSync(runFile, 'utf8')).page : undefined
}
