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

/** The command `tickhouse` as a process of its own, on the servers and the journal of a test. */
export function tickhouse(
  addresses: Addresses,
  journal: string,
  words: readonly string[],
  more: Readonly<Record<string, string>> = {},
): { child: ChildProcess; end: Promise<CommandEnd> } {
  const { PATH, HOME, TZ } = process.env
  const own = { KAFKA_BROKERS: addresses.brokers, QDB_CLIENT_CONF: addresses.questdb, JOURNAL_DIR: journal }
  const child = spawn(process.execPath, [main, ...words], { env: { PATH, HOME, TZ, ...own, ...more }, stdio: ['ignore', 'pipe', 'pipe'] })
  return { child, end: endOf(child) }
}

async function endOf(child: ChildProcess): Promise<CommandEnd> {
  const [[code], stdout, stderr] = await Promise.all([once(child, 'exit'), text(child.stdout!), text(child.stderr!)])
  return { code, stdout, stderr }
}
