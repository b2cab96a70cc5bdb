import { readFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { delay } from '@tickhouse/runtime'
import { JournalError } from './errors.ts'
import { errorCodeOf, type FileSystem } from './file-system.ts'

/** Who holds a journal; `startedAt` tells a process from a later one with the same id. */
interface Owner {
  readonly pid: number
  readonly host: string
  readonly startedAt: string
}

/** Who a lock file names, and whether that process still holds it. */
export interface LockHolder {
  readonly pid: number
  readonly host: string
  readonly isHeld: boolean
}

const touchEveryMs = 5_000
const silentAfterMs = 20_000
/** A holder that is there touches its lock within this. */
const watchMs = 6_000

/** A held lock; `close` lets go of it. */
export interface Lock {
  close(): Promise<void>
}

/**
 * Takes the lock of a directory. A lock left behind is taken over: on this host when its process is gone, on another host
 * (a volume that moved) when it was not touched for 20 s, nor while it was watched: the clocks of two machines may differ. Throws `JOURNAL_LOCKED`, retriable, when it is held.
 */
export async function takeLock(directory: string, files: FileSystem): Promise<Lock> {
  const path = join(directory, 'lock')
  const text = JSON.stringify({ pid: process.pid, host: hostname(), startedAt: startOf(process.pid) ?? '' } satisfies Owner)
  for (let attempt = 0; attempt < 3; attempt++) {
    if (await tryCreate(files, path, text)) return hold(files, path, text)
    await removeIfStale(files, path)
  }
  throw new JournalError('JOURNAL_LOCKED', 'Several processes want this journal at once', { retriable: true, directory })
}

/** Looks who holds the lock of a directory, without touching it; undefined when there is none. */
export async function lockHolder(directory: string, files: FileSystem): Promise<LockHolder | undefined> {
  const path = join(directory, 'lock')
  const seen = await files.readText(path).catch(() => undefined)
  if (seen === undefined) return undefined
  const owner = ownerOf(seen)
  return { pid: owner?.pid ?? 0, host: owner?.host ?? '', isHeld: !(await isStale(owner, files, path)) }
}

async function tryCreate(files: FileSystem, path: string, text: string): Promise<boolean> {
  try {
    await files.createText(path, text)
    return true
  } catch (error) {
    if (errorCodeOf(error) === 'EEXIST') return false
    throw error
  }
}

function hold(files: FileSystem, path: string, text: string): Lock {
  const timer = setInterval(() => files.touch(path, Date.now()).catch(() => {}), touchEveryMs)
  timer.unref()
  return {
    close: async () => {
      clearInterval(timer)
      if ((await files.readText(path).catch(() => '')) === text) await files.remove(path)
    },
  }
}

/** Moves a stale lock aside first: of two who see it, only one moves it, and a fresh one moved by mistake is put back. */
async function removeIfStale(files: FileSystem, path: string): Promise<void> {
  const seen = await files.readText(path).catch(() => undefined)
  if (seen === undefined) return
  const owner = ownerOf(seen)
  if (!(await isStale(owner, files, path))) throw lockedBy(owner, path)
  const aside = `${path}.${process.pid}`
  await files.rename(path, aside).catch(() => {})
  const moved = await files.readText(aside).catch(() => undefined)
  if (moved !== undefined && moved !== seen) await files.rename(aside, path)
  else await files.remove(aside)
}

function lockedBy(owner: Owner | undefined, path: string): JournalError {
  const who = owner === undefined ? 'another process' : `process ${owner.pid} on ${owner.host}`
  return new JournalError('JOURNAL_LOCKED', `The journal is in use by ${who}`, { retriable: true, path, ...owner })
}

async function isStale(owner: Owner | undefined, files: FileSystem, path: string): Promise<boolean> {
  if (owner === undefined || owner.host !== hostname()) {
    const touchedAtMs = await files.modifiedAtMs(path).catch(() => 0)
    if (Math.abs(Date.now() - touchedAtMs) <= silentAfterMs) return false
    await delay(watchMs)
    return (await files.modifiedAtMs(path).catch(() => 0)) === touchedAtMs
  }
  return !isRunning(owner)
}

function ownerOf(text: string): Owner | undefined {
  try {
    return JSON.parse(text) as Owner
  } catch {
    return undefined
  }
}

function isRunning({ pid, startedAt }: Owner): boolean {
  try {
    process.kill(pid, 0)
  } catch (error) {
    return errorCodeOf(error) === 'EPERM'
  }
  const start = startOf(pid)
  return start === undefined || startedAt === '' || start === startedAt
}

/**
 * When a process started, in clock ticks since boot (Linux); `zombie` when it has ended and is only waiting to be noticed; undefined elsewhere.
 * Ids repeat after a container restarts, starts do not.
 */
function startOf(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const [state, ...rest] = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return state === 'Z' ? 'zombie' : rest[18]
  } catch {
    return undefined
  }
}
