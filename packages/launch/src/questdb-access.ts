import { randomBytes } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { privately, replaceFile } from '@tickhouse/runtime'
import type { QuestdbLogin } from '@tickhouse/stack'
import type { DataFolder } from './data-folder.ts'

/** A login whose password is kept in a file of its owner's. */
export interface KeptLogin extends QuestdbLogin {
  readonly passwordFile: string
  /** True when the password was made just now. */
  readonly isNew: boolean
}

/** The logins that a start gives its QuestDB, so that no page in a browser of this machine can use it, and no researcher can change what was captured. */
export interface QuestdbAccess {
  readonly writer: KeptLogin
  readonly reader: KeptLogin
}

/** The logins of a data folder, named as in compose; makes what it does not have. */
export function questdbAccess({ questdbPassword, questdbReaderPassword }: Pick<DataFolder, 'questdbPassword' | 'questdbReaderPassword'>) {
  return { writer: keptLogin('tickhouse', questdbPassword), reader: keptLogin('quant', questdbReaderPassword) } satisfies QuestdbAccess
}

/** Reads the password of a user, or makes one of 192 bits. */
function keptLogin(user: string, passwordFile: string): KeptLogin {
  const isNew = !existsSync(passwordFile)
  if (isNew) replaceFile(passwordFile, `${randomBytes(24).toString('base64url')}\n`, privately)
  return { user, password: readFileSync(passwordFile, 'utf8').trim(), passwordFile, isNew }
}
