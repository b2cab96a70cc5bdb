import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import type { FileSystem } from '@tickhouse/journal'
import type { Logger } from '@tickhouse/runtime'

/** The key of the account pseudonyms: as given, or made once and kept with mode 0600 in the journal's folder. */
export async function pseudonymKey(given: string | undefined, directory: string, files: FileSystem, log: Logger): Promise<Buffer> {
  if (given !== undefined) return Buffer.from(given, 'utf8')
  const path = join(directory, 'pseudonym.key')
  await files.makeDirectory(directory)
  const kept = await files.readText(path).catch(() => undefined)
  if (kept !== undefined && kept.trim() !== '') return Buffer.from(kept.trim(), 'utf8')
  const made = randomBytes(32).toString('hex')
  await files.remove(path)
  await files.createText(path, `${made}\n`)
  log.info({ path }, 'A key for account pseudonyms was made: back it up, without it the same account gets a new pseudonym')
  return Buffer.from(made, 'utf8')
}
