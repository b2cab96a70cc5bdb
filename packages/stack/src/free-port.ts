import { createServer } from 'node:net'
import { TickhouseError } from '@tickhouse/runtime'

const first = 20_000
const count = 10_000
/** A port counts as taken only once its server is up, seconds later: processes that look at the same time look in different places. */
const portsPerProcess = 40
let looked = process.pid * portsPerProcess

/**
 * A free port on 127.0.0.1: the preferred one if it is free. The others are taken from below the range the system uses for outgoing
 * connections: a client that keeps connecting to a stopped server's port could otherwise be given that very port as its own.
 */
export async function freePort(preferred?: number): Promise<number> {
  if (preferred !== undefined && (await isFree(preferred))) return preferred
  for (let attempt = 0; attempt < count; attempt++) {
    const port = first + (looked++ % count)
    if (await isFree(port)) return port
  }
  throw new TickhouseError('NO_FREE_PORT', `No port between ${first} and ${first + count - 1} is free`)
}

function isFree(port: number): Promise<boolean> {
  return new Promise(resolve => {
    const server = createServer()
    server.once('error', () => resolve(false))
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => server.close(() => resolve(true)))
  })
}
