import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import type { BrokerAddress } from '../src/kafkajs/kafka-client.ts'

/** What the proxy does with one produce request. */
export type ProduceFault =
  /** The broker appends it, the answer is lost, the connection breaks. */
  | 'lose-answer'
  /** The broker appends it, the answer never comes, the connection stays open. */
  | 'withhold-answer'
  /** The request is lost, the connection breaks. */
  | 'lose-request'
  /** The connection breaks at once, and the broker gets the request only when the client has asked again. */
  | 'deliver-late'
  /** The broker appends it, but the answer says that it failed. */
  | { readonly appendAndAnswer: number }
  /** The broker never sees it, and the answer says that it failed. */
  | { readonly answer: number }

/** A TCP proxy before one broker that can fail produce requests one at a time. */
export interface KafkaProxy {
  readonly address: BrokerAddress
  /** What happens to the next produce requests, in turn; afterwards all pass. */
  readonly faults: ProduceFault[]
  /** Produce requests seen so far. */
  readonly produceRequests: number
  /** Stops listening and breaks every connection, until `restore`. */
  cut(): void
  restore(): Promise<void>
  close(): Promise<void>
}

const produceKey = 0

/** Listens on a free port of loopback and passes everything on to the broker at `address`. */
export async function startKafkaProxy(address: string): Promise<KafkaProxy> {
  const [host, port] = address.split(':') as [string, string]
  const broker: BrokerAddress = { host, port: Number(port) }
  const faults: ProduceFault[] = []
  const sockets = new Set<Socket>()
  const late: Buffer[] = []
  let produceRequests = 0
  const server = createServer(client => {
    const upstream = connect({ ...broker })
    const answers = new Map<number, (answer: Buffer) => Buffer | null>()
    const end = () => {
      client.destroy()
      upstream.destroy()
    }
    for (const socket of [client, upstream]) {
      sockets.add(socket)
      socket.on('error', end).on('close', () => {
        sockets.delete(socket)
        end()
      })
    }
    onFrames(client, frame => {
      const fault = frame.readInt16BE(4) === produceKey ? nextFault() : undefined
      const correlationId = frame.readInt32BE(8)
      if (late.length > 0 && fault === undefined && frame.readInt16BE(4) === produceKey) deliver(late.splice(0))
      if (fault === undefined) return void upstream.write(frame)
      if (fault === 'lose-request') return end()
      if (fault === 'deliver-late') {
        late.push(Buffer.from(frame))
        return end()
      }
      if (typeof fault === 'object' && 'answer' in fault) return void client.write(refusal(frame, fault.answer))
      answers.set(correlationId, answer => {
        if (fault === 'withhold-answer') return null
        if (fault === 'lose-answer') {
          end()
          return null
        }
        return withError(answer, (fault as { appendAndAnswer: number }).appendAndAnswer)
      })
      upstream.write(frame)
    })
    onFrames(upstream, frame => {
      const change = answers.get(frame.readInt32BE(4))
      answers.delete(frame.readInt32BE(4))
      const answer = change === undefined ? frame : change(frame)
      if (answer !== null) client.write(answer)
    })
  })

  function nextFault(): ProduceFault | undefined {
    produceRequests++
    return faults.shift()
  }

  /** Sends what was held back over a connection of its own, and gives the broker time to take it in first. */
  function deliver(frames: Buffer[]): void {
    const socket = connect({ ...broker })
    sockets.add(socket)
    for (const frame of frames) socket.write(frame)
  }

  const listen = (port: number) => new Promise<void>(resolve => server.listen(port, '127.0.0.1', resolve))
  await listen(0)
  const here = { host: '127.0.0.1', port: (server.address() as AddressInfo).port }
  const cut = () => {
    server.close()
    for (const socket of sockets) socket.destroy()
  }
  return {
    address: here,
    faults,
    get produceRequests() {
      return produceRequests
    },
    cut,
    restore: async () => {
      if (!server.listening) await listen(here.port)
    },
    close: async () => cut(),
  }
}

/** Kafka's frames: a length of four bytes, then that much. */
function onFrames(socket: Socket, onFrame: (frame: Buffer) => void): void {
  let rest = Buffer.alloc(0)
  socket.on('data', chunk => {
    rest = Buffer.concat([rest, chunk])
    while (rest.length >= 4 && rest.length >= 4 + rest.readInt32BE(0)) {
      const end = 4 + rest.readInt32BE(0)
      onFrame(rest.subarray(0, end))
      rest = rest.subarray(end)
    }
  })
}

/** Steps over Kafka's types in a buffer. */
class Cursor {
  position: number
  readonly bytes: Buffer

  constructor(bytes: Buffer, position: number) {
    this.bytes = bytes
    this.position = position
  }

  int32(): number {
    this.position += 4
    return this.bytes.readInt32BE(this.position - 4)
  }

  text(): string {
    const length = Math.max(0, this.bytes.readInt16BE(this.position))
    this.position += 2 + length
    return this.bytes.toString('utf8', this.position - length, this.position)
  }

  skip(bytes: number): void {
    this.position += bytes
  }
}

/** The same produce answer (version 7) with an error for every partition. */
function withError(answer: Buffer, errorCode: number): Buffer {
  const changed = Buffer.from(answer)
  const at = new Cursor(changed, 8)
  for (let topics = at.int32(); topics > 0; topics--) {
    at.text()
    for (let partitions = at.int32(); partitions > 0; partitions--) {
      at.skip(4)
      changed.writeInt16BE(errorCode, at.position)
      at.skip(2 + 8 + 8 + 8)
    }
  }
  return changed
}

/** An answer to a produce request (version 7) that refuses every partition. */
function refusal(request: Buffer, errorCode: number): Buffer {
  const at = new Cursor(request, 12)
  at.text() // client id
  at.text() // transactional id
  at.skip(2 + 4) // acks, timeout
  const parts: Buffer[] = [request.subarray(8, 12)]
  const topics = at.int32()
  parts.push(int32(topics))
  for (let topic = 0; topic < topics; topic++) {
    const name = Buffer.from(at.text())
    const partitions = at.int32()
    parts.push(int16(name.length), name, int32(partitions))
    for (let index = 0; index < partitions; index++) {
      parts.push(int32(at.int32()), int16(errorCode), Buffer.alloc(24, 0xff))
      at.skip(at.int32())
    }
  }
  const body = Buffer.concat([...parts, int32(0)])
  return Buffer.concat([int32(body.length), body])
}

function int16(value: number): Buffer {
  const bytes = Buffer.alloc(2)
  bytes.writeInt16BE(value)
  return bytes
}

function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeInt32BE(value)
  return bytes
}
