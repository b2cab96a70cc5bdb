import { createHash } from 'node:crypto'
import { createReadStream, existsSync } from 'node:fs'
import { mkdir, open, rename, stat, writeFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { diskFileSystem } from '@tickhouse/journal'
import type { ArchivedFile } from './manifest.ts'

/** What a file of an archive is now. */
export async function fileOf(folder: string, file: string, at = file): Promise<ArchivedFile> {
  const path = join(folder, at)
  const hash = createHash('sha256')
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 })) hash.update(chunk as Buffer)
  return { file, bytes: (await stat(path)).size, sha256: hash.digest('hex') }
}

/** Whether a file is there with the checksum that it must have. */
export async function isWhole(folder: string, { file, sha256 }: ArchivedFile, at = file): Promise<boolean> {
  return existsSync(join(folder, at)) && (await fileOf(folder, file, at)).sha256 === sha256
}

/** Makes what was written to a file lasting. */
export async function sync(path: string): Promise<void> {
  const handle = await open(path, 'r+')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/** Gives a lasting file its place, in one step, in a folder that is made if need be; that lasts as well. */
export async function moveLastingly(from: string, to: string): Promise<void> {
  const folder = dirname(resolve(to))
  const made = await mkdir(folder, { recursive: true })
  await rename(from, to)
  const outermost = made === undefined ? folder : dirname(resolve(made))
  for (let at = folder; ; at = dirname(at)) {
    await diskFileSystem.syncDirectory(at)
    if (at === outermost) return
  }
}

/** Writes a text in one step, lastingly. */
export async function writeLastingly(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true })
  await writeFile(`${path}.new`, text)
  await sync(`${path}.new`)
  await moveLastingly(`${path}.new`, path)
}
