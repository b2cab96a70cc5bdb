import { mkdirSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { diskFileSystem, takeLock } from '@tickhouse/journal'
import { readRunFile, removeRunFile } from '@tickhouse/page'
import { delay, isAlive, TickhouseError, UsageError } from '@tickhouse/runtime'

/** Where a start keeps what; nobody else uses the folder until it is closed. */
export interface DataFolder {
  readonly path: string
  readonly jars: string
  readonly kafka: string
  readonly questdb: string
  /** The password of its QuestDB, … */
  readonly questdbPassword: string
  /** … that of the user who only reads, … */
  readonly questdbReaderPassword: string
  /** … and how to reach it, as QDB_CLIENT_CONF_FILE wants it, while a start runs. */
  readonly questdbClientConf: string
  readonly journal: string
  readonly logs: string
  close(): Promise<void>
}

const kept = ['jars', 'lock']

/** Takes the data folder for this start. Throws UsageError while another start uses it. */
export async function claimDataFolder(path: string): Promise<DataFolder> {
  mkdirSync(path, { recursive: true })
  const lock = await lockOf(path)
  const sub = (name: string) => join(path, name)
  mkdirSync(sub('logs'), { recursive: true })
  const files = {
    questdbPassword: sub('questdb-password'),
    questdbReaderPassword: sub('questdb-reader-password'),
    questdbClientConf: sub('questdb-client-conf'),
  }
  const close = async () => {
    removeRunFile(path)
    rmSync(files.questdbClientConf, { force: true })
    await lock.close()
  }
  return {
    path,
    jars: sub('jars'),
    kafka: sub('kafka'),
    questdb: sub('questdb'),
    journal: sub('journal'),
    logs: sub('logs'),
    ...files,
    close,
  }
}

/** Removes the data of former runs; what was fetched stays. */
export function emptyDataFolder({ path, logs }: DataFolder): void {
  for (const name of readdirSync(path)) if (!kept.includes(name)) rmSync(join(path, name), { recursive: true, force: true })
  mkdirSync(logs, { recursive: true })
}

/** Waits for the processes of a start that was killed: they are about to end by themselves, and until then hold their files. */
export async function awaitFormerRun({ path }: DataFolder, signal: AbortSignal, timeoutMs = 25_000): Promise<void> {
  const pids = readRunFile(path)?.processes.map(({ pid }) => pid) ?? []
  const deadline = performance.now() + timeoutMs
  while (pids.some(isAlive) && performance.now() < deadline) await delay(100, signal)
  removeRunFile(path)
}

async function lockOf(path: string) {
  try {
    return await takeLock(path, diskFileSystem)
  } catch (error) {
    if (!(error instanceof TickhouseError && error.code === 'JOURNAL_LOCKED')) throw error
    const who = error.details['pid'] === undefined ? 'another process' : `process ${error.details['pid']}`
    throw new UsageError(`A start runs already in ${path} (${who}). Stop it with Ctrl-C, or name another folder with --data.`)
  }
}
