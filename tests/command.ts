import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import type { Addresses } from './pipeline.ts'

const main = join(import.meta.dirname, '..', 'packages', 'cli', 'src', 'main.ts')

/** How the command ended, with what it printed. */
export interface CommandEnd {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** What was written to stderr besides how far long work is, which a slow machine is told of sooner or later. */
export function withoutProgress(stderr: string): string {
  return stderr.replace(/^.* … \d+ s\n/gm, '')
}

/** The command `tickhouse` as a process of its own, on the servers and the journal of a test. */
export function tickhouse(
  addresses: Addresses,
  journal: string,
  words: readonly string[],
  more: Readonly<Record<string, string>> = {},
): { child: ChildProcess; end: Promise<CommandEnd> } {
  const own = { KAFKA_BROKERS: addresses.brokers, QDB_CLIENT_CONF: addresses.questdb, JOURNAL_DIR: journal }
  const child = started(main, words, { ...own, ...more })
  return { child, end: endOf(child) }
}

/** Runs a program of the project to its end. */
export function ended(program: string, words: readonly string[]): Promise<CommandEnd> {
  return endOf(started(program, words, {}))
}

function started(program: string, words: readonly string[], more: Readonly<Record<string, string>>): ChildProcess {
  const { PATH, HOME, TZ } = process.env
  return spawn(process.execPath, [program, ...words], { env: { PATH, HOME, TZ, ...more }, stdio: ['ignore', 'pipe', 'pipe'] })
}

async function endOf(child: ChildProcess): Promise<CommandEnd> {
  const [[code], stdout, stderr] = await Promise.all([once(child, 'exit'), text(child.stdout!), text(child.stderr!)])
  return { code, stdout, stderr }
}
