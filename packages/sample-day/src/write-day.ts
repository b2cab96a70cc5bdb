import { mkdirSync, renameSync, rmSync } from 'node:fs'
import { dirname } from 'node:path'
import { readJournal } from '@tickhouse/journal'
import type { Doing, Env } from '@tickhouse/runtime'
import { runToEnd } from './child.ts'
import { type SampleDay, type SampleDaySession, sampleCollector } from './days.ts'

/** Writes the journal of a sample day, unless the folder holds it. A folder that is there is whole. */
export async function writeSampleDay(
  directory: string,
  day: SampleDay,
  sessions: readonly SampleDaySession[],
  env: Env,
  doing: Doing,
): Promise<void> {
  if ((await firstSession(directory)) === sessions[0]!.session) return
  const unfinished = `${directory}.unfinished`
  remove(unfinished)
  mkdirSync(dirname(directory), { recursive: true })
  try {
    await runToEnd('simulator/src/write-day.ts', { ...env, ...settingsOf(day, sessions), JOURNAL_DIR: unfinished }, doing)
    remove(directory)
    renameSync(unfinished, directory)
  } finally {
    remove(unfinished)
  }
}

function settingsOf({ date, symbols, records, seed, isDegraded }: SampleDay, sessions: readonly SampleDaySession[]): Env {
  return {
    COLLECTOR_ID: sampleCollector,
    SIMULATOR_DAY: date,
    SIMULATOR_DAY_SESSIONS: sessions.map(({ session, fromUs, toUs }) => `${session}/${fromUs}/${toUs}`).join(','),
    SIMULATOR_DAY_SYMBOLS: String(symbols),
    SIMULATOR_DAY_RECORDS: String(records),
    SIMULATOR_DAY_LEAVES_OUT: String(isDegraded),
    SIMULATOR_SEED: String(seed),
  }
}

/** The session with which a journal begins; undefined where there is no journal. */
async function firstSession(directory: string): Promise<string | undefined> {
  try {
    for await (const { header } of readJournal(directory, { maxBytes: 1 })) return header.session
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
  }
  return undefined
}

function remove(folder: string): void {
  rmSync(folder, { recursive: true, force: true })
}
