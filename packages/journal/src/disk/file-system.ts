import { constants } from 'node:fs'
import { mkdir, open, readdir, readFile, rename, rm, stat, utimes } from 'node:fs/promises'

/** An open file; positions are absolute, so a failed write is repeated over its own remains. */
export interface JournalFile {
  /** Writes the pieces one after another; returns how many bytes were taken, which may be fewer. */
  write(pieces: readonly Buffer[], position: number): Promise<number>
  read(bytes: Buffer, from: number, length: number, position: number): Promise<number>
  truncate(length: number): Promise<void>
  /** Forces what was written to the disk. */
  sync(): Promise<void>
  size(): Promise<number>
  close(): Promise<void>
}

/** The part of a file system that the journal needs; errors carry the `code` of Node's (`ENOSPC`, `EEXIST`, `ENOENT`, …). */
export interface FileSystem {
  makeDirectory(path: string): Promise<void>
  /** File names, without the directory. */
  list(directory: string): Promise<string[]>
  /** `append` makes the file when it is not there. */
  open(path: string, mode: 'read' | 'append'): Promise<JournalFile>
  readText(path: string): Promise<string>
  /** Makes the file with this content and mode 0600; `EEXIST` when it is there already. */
  createText(path: string, text: string): Promise<void>
  rename(from: string, to: string): Promise<void>
  remove(path: string): Promise<void>
  /** Makes renames, new files and removals in the directory lasting. */
  syncDirectory(directory: string): Promise<void>
  sizeOf(path: string): Promise<number>
  modifiedAtMs(path: string): Promise<number>
  touch(path: string, atMs: number): Promise<void>
}

/** The `code` of a file system error, or its message when it has none. */
export function errorCodeOf(error: unknown): string {
  return String((error as { code?: unknown }).code ?? (error as Error).message)
}

async function openOnDisk(path: string, mode: 'read' | 'append'): Promise<JournalFile> {
  const handle = await open(path, mode === 'read' ? 'r' : constants.O_RDWR | constants.O_CREAT, 0o600)
  return {
    write: async (pieces, position) => (await handle.writev([...pieces], position)).bytesWritten,
    read: async (bytes, from, length, position) => (await handle.read(bytes, from, length, position)).bytesRead,
    truncate: length => handle.truncate(length),
    sync: () => handle.datasync(),
    size: async () => (await handle.stat()).size,
    close: () => handle.close(),
  }
}

async function createOnDisk(path: string, text: string): Promise<void> {
  const handle = await open(path, 'wx', 0o600)
  try {
    await handle.writeFile(text)
    await handle.sync()
  } finally {
    await handle.close()
  }
}

async function syncOnDisk(directory: string): Promise<void> {
  const handle = await open(directory, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/** The machine's own file system. */
export const diskFileSystem: FileSystem = {
  makeDirectory: async path => void (await mkdir(path, { recursive: true, mode: 0o700 })),
  list: directory => readdir(directory),
  open: openOnDisk,
  readText: path => readFile(path, 'utf8'),
  createText: createOnDisk,
  rename,
  remove: path => rm(path, { force: true }),
  syncDirectory: syncOnDisk,
  sizeOf: async path => (await stat(path)).size,
  modifiedAtMs: async path => (await stat(path)).mtimeMs,
  touch: (path, atMs) => utimes(path, atMs / 1000, atMs / 1000),
}
