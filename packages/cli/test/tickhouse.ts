import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'

const main = join(import.meta.dirname, '..', 'src', 'main.ts')

/** Runs the command with nothing in its environment but what a test gives. */
export function tickhouse(words: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const { PATH, HOME, JAVA_HOME } = process.env
  const child = spawn(process.execPath, [main, ...words], { env: { PATH, HOME, JAVA_HOME, ...env }, stdio: ['ignore', 'pipe', 'pipe'] })
  onTestFinished(async () => {
    if (child.exitCode === null && child.signalCode === null) await stopped(child)
  })
  const state: { child: typeof child; stdout: string; stderr: string; end: Promise<{ code: number | null; stdout: string }> } = {
    child,
    stdout: '',
    stderr: '',
    end: once(child, 'close').then(([code]) => ({ code, stdout: state.stdout })),
  }
  child.stdout.on('data', chunk => {
    state.stdout += chunk
  })
  child.stderr.on('data', chunk => {
    state.stderr += chunk
  })
  return state
}

/** Kills it; resolves when it is gone. */
export async function stopped(child: ChildProcess): Promise<void> {
  const ended = once(child, 'exit')
  child.kill('SIGKILL')
  await ended
}
