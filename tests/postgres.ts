import { connect, type Socket } from 'node:net'

/** Logs in over PostgreSQL's protocol, runs one statement and gives its rows as text; throws what the server says. */
export async function postgres(port: number, user: string, password: string, sql: string): Promise<string[][]> {
  const socket = connect(port, '127.0.0.1')
  try {
    const messages = messagesOf(socket)
    const parameters = Buffer.from(`user\0${user}\0database\0qdb\0\0`)
    socket.write(Buffer.concat([uint32(parameters.length + 8), uint32(0x0003_0000), parameters]))
    await until(messages, 'R')
    socket.write(message('p', `${password}\0`))
    await until(messages, 'Z')
    socket.write(message('Q', `${sql}\0`))
    return (await until(messages, 'Z')).filter(({ type }) => type === 'D').map(({ body }) => columnsOf(body))
  } finally {
    socket.destroy()
  }
}

interface Message {
  readonly type: string
  readonly body: Buffer
}

/** All messages up to one of the given type. */
async function until(messages: AsyncIterator<Message>, type: string): Promise<Message[]> {
  const seen: Message[] = []
  for (;;) {
    const { value, done } = await messages.next()
    if (done) throw new Error('The server closed the connection')
    if (value.type === 'E') throw new Error(value.body.toString().replaceAll('\0', ' '))
    seen.push(value)
    if (value.type === type) return seen
  }
}

async function* messagesOf(socket: Socket): AsyncGenerator<Message, undefined> {
  let rest = Buffer.alloc(0)
  for await (const chunk of socket) {
    rest = Buffer.concat([rest, chunk])
    while (rest.length >= 5 && rest.length > rest.readUInt32BE(1)) {
      const end = 1 + rest.readUInt32BE(1)
      yield { type: String.fromCharCode(rest[0]!), body: rest.subarray(5, end) }
      rest = rest.subarray(end)
    }
  }
  return undefined
}

function columnsOf(body: Buffer): string[] {
  const columns: string[] = []
  for (let position = 2; position < body.length; ) {
    const length = body.readInt32BE(position)
    columns.push(body.toString('utf8', position + 4, position + 4 + Math.max(0, length)))
    position += 4 + Math.max(0, length)
  }
  return columns
}

function message(type: string, body: string): Buffer {
  const bytes = Buffer.from(body)
  return Buffer.concat([Buffer.from(type), uint32(bytes.length + 4), bytes])
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(value)
  return bytes
}
