import { randomBytes } from 'node:crypto'
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import type { QuestdbLogin } from '@tickhouse/stack'

const user = 'tickhouse'
const privately = { mode: 0o600 } as const

/** The login that a start gives its QuestDB, so that no page in a browser of this machine can use it; its password is kept in a file of its owner's. */
export interface QuestdbAccess extends QuestdbLogin {
  readonly passwordFile: string
  /** True when the password was made just now. */
  readonly isNew: boolean
}

/** Reads the password of a data folder, or makes one of 192 bits when it has none. */
export function questdbAccess(passwordFile: string): QuestdbAccess {
  const isNew = !existsSync(passwordFile)
  if (isNew) replacePrivately(passwordFile, randomBytes(24).toString('base64url'))
  return { user, password: readFileSync(passwordFile, 'utf8').trim(), passwordFile, isNew }
}

/** Replaces a file in one step; only its owner can read it. */
export function replacePrivately(file: string, text: string): void {
  writeFileSync(`${file}.new`, `${text}\n`, privately)
  renameSync(`${file}.new`, file)
}
