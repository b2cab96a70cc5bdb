import { randomBytes } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import type { QuestdbLogin } from '@tickhouse/stack'
import { privately, replaceFile } from '../replace-file.ts'

const user = 'tickhouse'

/** The login that a start gives its QuestDB, so that no page in a browser of this machine can use it; its password is kept in a file of its owner's. */
export interface QuestdbAccess extends QuestdbLogin {
  readonly passwordFile: string
  /** True when the password was made just now. */
  readonly isNew: boolean
}

/** Reads the password of a data folder, or makes one of 192 bits when it has none. */
export function questdbAccess(passwordFile: string): QuestdbAccess {
  const isNew = !existsSync(passwordFile)
  if (isNew) replaceFile(passwordFile, `${randomBytes(24).toString('base64url')}\n`, privately)
  return { user, password: readFileSync(passwordFile, 'utf8').trim(), passwordFile, isNew }
}
