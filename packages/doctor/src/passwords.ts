import { isLoopback, isOpen, outsideAddresses } from './addresses.ts'
import { type Check, type Judgement, ok, skipped, warn } from './check.ts'
import { type LoginOutcome, postgresLogin } from './postgres-login.ts'

/** QuestDB's default logins over PGWire, and what server.conf gives them instead. */
const defaults = [
  {
    user: 'admin',
    password: 'quest',
    mend: 'pg.user=… and pg.password=… in server.conf (QDB_PG_USER, QDB_PG_PASSWORD)',
  },
  {
    user: 'user',
    password: 'quest',
    mend: 'pg.readonly.user=… and pg.readonly.password=… in server.conf (QDB_PG_READONLY_USER, QDB_PG_READONLY_PASSWORD)',
  },
] as const

/** Whether QuestDB accepts the passwords of its manual; `isOutside` when other machines reach that port. */
export interface PasswordReading {
  readonly host: string
  /** PGWire as QuestDB's default users: who writes, and who only reads. */
  readonly postgres: Readonly<Record<(typeof defaults)[number]['user'], LoginOutcome>>
  readonly isPostgresOutside: boolean
  /** HTTP without credentials: its status, or undefined without an answer. */
  readonly httpStatus: number | undefined
  readonly isHttpOutside: boolean
}

/** Judges who may read and drop the tables. On loopback the default password keeps nobody out who is not in already. */
export function judgePasswords({ host, postgres, isPostgresOutside, httpStatus, isHttpOutside }: PasswordReading): Judgement[] {
  return [
    ...postgresWords(host, postgres, isPostgresOutside),
    httpStatus === 200 && isHttpOutside
      ? warn(
          `QuestDB at ${host} answers SQL over HTTP without credentials, and other machines reach it`,
          'http.user=… and http.password=… in server.conf (QDB_HTTP_USER, QDB_HTTP_PASSWORD), username=…;password=…; in QDB_CLIENT_CONF',
        )
      : httpWord(host, httpStatus),
  ]
}

function postgresWords(host: string, postgres: PasswordReading['postgres'], isOutside: boolean): Judgement[] {
  const open = defaults.filter(({ user }) => postgres[user] === 'let in')
  if (open.length === 0) {
    const isSilent = Object.values(postgres).every(outcome => outcome === 'no answer')
    return [isSilent ? skipped(`nothing speaks PGWire at ${host}:8812`) : ok(`${host}:8812 refuses the default passwords`)]
  }
  return open.map(({ user, password, mend }) =>
    isOutside
      ? warn(`${host}:8812 takes the default password ${user}/${password}, and other machines reach it`, mend)
      : ok(`${host}:8812 takes the default password ${user}/${password}, but only from this machine`),
  )
}

function httpWord(host: string, status: number | undefined): Judgement {
  if (status === undefined) return skipped(`QuestDB at ${host} does not answer`)
  return ok(status === 200 ? `HTTP at ${host} needs no credentials, but is open to this machine only` : `HTTP at ${host} wants credentials`)
}

/** QuestDB's default passwords, and HTTP without one. */
export const passwordsCheck: Check = {
  name: 'passwords',
  needs: ['questdb'],
  look: async ({ store }, signal) => {
    const url = new URL(store!.address)
    const host = url.hostname.replace(/^\[|\]$/g, '')
    const httpPort = Number(url.port || (url.protocol === 'https:' ? 443 : 80))
    const [admin, user, httpStatus, isPostgresOutside, isHttpOutside] = await Promise.all([
      postgresLogin({ host, port: 8812, ...defaults[0] }),
      postgresLogin({ host, port: 8812, ...defaults[1] }),
      statusWithoutCredentials(url, signal),
      isOutside(host, 8812),
      isOutside(host, httpPort),
    ])
    return judgePasswords({ host, postgres: { admin, user }, isPostgresOutside, httpStatus, isHttpOutside })
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
