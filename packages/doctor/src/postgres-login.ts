import { connect, type Socket } from 'node:net'

/** How a login over PostgreSQL's protocol ended: `let in`, `refused`, or `no answer`. */
export type LoginOutcome = 'let in' | 'refused' | 'no answer'

/** Where to log in and as whom. */
export interface PostgresLogin {
  readonly host: string
  readonly port: number
  readonly user: string
  readonly password: string
}

const protocolVersion = 196_608
const authentication = 'R'.charCodeAt(0)
const error = 'E'.charCodeAt(0)

/** Logs in and out again. Only passwords in clear text are tried, which is what QuestDB asks for; anything else counts as refused. */
export function postgresLogin(login: PostgresLogin, timeoutMs = 2000): Promise<LoginOutcome> {
  return new Promise(resolve => {
    const socket = connect({ host: login.host, port: login.port, timeout: timeoutMs })
    const end = (outcome: LoginOutcome) => {
      socket.destroy()
      resolve(outcome)
    }
    socket.once('connect', () => socket.write(startup(login.user)))
    for (const event of ['timeout', 'error', 'close']) socket.once(event, () => end('no answer'))
    let received: Buffer = Buffer.alloc(0)
    socket.on('data', chunk => {
      received = Buffer.concat([received, chunk])
      received = answer(socket, received, login, end)
    })
  })
}

/** Answers every whole message; gives back what is left. */
function answer(socket: Socket, bytes: Buffer, { password }: PostgresLogin, end: (outcome: LoginOutcome) => void): Buffer {
  let rest = bytes
  while (rest.length >= 5 && rest.length >= 1 + rest.readInt32BE(1)) {
    const [type, length] = [rest[0], rest.readInt32BE(1)]
    const wanted = type === authentication && length >= 8 ? rest.readInt32BE(5) : undefined
    if (wanted === 0) end('let in')
    else if (wanted === 3) socket.write(message('p', `${password}\0`))
    else if (wanted !== undefined || type === error) end('refused')
    rest = rest.subarray(1 + length)
  }
  return rest
}

function startup(user: string): Buffer {
  const body = Buffer.from(`\0\0\0\0user\0${user}\0database\0qdb\0\0`)
  body.writeInt32BE(protocolVersion, 0)
  return Buffer.concat([lengthOf(body), body])
}

function message(type: string, text: string): Buffer {
  const body = Buffer.from(text)
  return Buffer.concat([Buffer.from(type), lengthOf(body), body])
}

/** A message says its length, these four bytes included. */
function lengthOf(body: Buffer): Buffer {
  const length = Buffer.alloc(4)
  length.writeInt32BE(body.length + 4, 0)
  return length
}
