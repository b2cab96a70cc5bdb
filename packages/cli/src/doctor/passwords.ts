import { type Judgement, ok, skipped, warn } from './finding.ts'
import { isLoopback, isOpen, outsideAddresses } from './hosts.ts'
import type { Check } from './installation.ts'
import { type LoginOutcome, postgresLogin } from './postgres-login.ts'

/** Whether QuestDB lets in whoever knows its manual; `isOutside` when other machines reach that port. */
export interface PasswordReading {
  readonly host: string
  /** PGWire with QuestDB's default user and password. */
  readonly postgres: LoginOutcome
  readonly isPostgresOutside: boolean
  /** HTTP without credentials: its status, or undefined without an answer. */
  readonly httpStatus: number | undefined
  readonly isHttpOutside: boolean
}

/** Judges who may read and drop the tables. On loopback the default password keeps nobody out who is not in already. */
export function judgePasswords({ host, postgres, isPostgresOutside, httpStatus, isHttpOutside }: PasswordReading): Judgement[] {
  return [
    postgres === 'let in' && isPostgresOutside
      ? warn(
          `${host}:8812 takes the default password admin/quest, and other machines reach it`,
          'pg.user=… and pg.password=… in server.conf (QDB_PG_USER, QDB_PG_PASSWORD)',
        )
      : postgresWord(host, postgres),
    httpStatus === 200 && isHttpOutside
      ? warn(
          `QuestDB at ${host} answers SQL over HTTP without credentials, and other machines reach it`,
          'http.user=… and http.password=… in server.conf (QDB_HTTP_USER, QDB_HTTP_PASSWORD), username=…;password=…; in QDB_CLIENT_CONF',
        )
      : httpWord(host, httpStatus),
  ]
}

function postgresWord(host: string, postgres: LoginOutcome): Judgement {
  if (postgres === 'no answer') return skipped(`nothing speaks PGWire at ${host}:8812`)
  return ok(
    postgres === 'let in'
      ? `${host}:8812 takes the default password, but only from this machine`
      : `${host}:8812 refuses the default password`,
  )
}

function httpWord(host: string, status: number | undefined): Judgement {
  if (status === undefined) return skipped(`QuestDB at ${host} does not answer`)
  return ok(status === 200 ? `HTTP at ${host} needs no credentials, but is open to this machine only` : `HTTP at ${host} wants credentials`)
}

/** QuestDB's default password, and HTTP without one. */
export const passwords: Check = {
  name: 'passwords',
  needs: ['questdb'],
  look: async ({ store }, signal) => {
    const url = new URL(store!.address)
    const host = url.hostname.replace(/^\[|\]$/g, '')
    const httpPort = Number(url.port || (url.protocol === 'https:' ? 443 : 80))
    const [postgres, httpStatus, isPostgresOutside, isHttpOutside] = await Promise.all([
      postgresLogin({ host, port: 8812, user: 'admin', password: 'quest' }),
      statusWithoutCredentials(url, signal),
      isOutside(host, 8812),
      isOutside(host, httpPort),
    ])
    return judgePasswords({ host, postgres, isPostgresOutside, httpStatus, isHttpOutside })
  },
}

async function statusWithoutCredentials(url: URL, signal: AbortSignal): Promise<number | undefined> {
  try {
    const response = await fetch(new URL('/exec?query=select%201', url), { signal })
    await response.body?.cancel()
    return response.status
  } catch {
    return undefined
  }
}

/** Whether other machines reach a port: of another machine always, of this one where it listens on more than loopback. */
async function isOutside(host: string, port: number): Promise<boolean> {
  if (!isLoopback(host)) return true
  const open = await Promise.all(outsideAddresses().map(address => isOpen(address, port)))
  return open.includes(true)
}
