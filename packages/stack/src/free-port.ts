import { createServer } from 'node:net'
import { TickhouseError } from '@tickhouse/runtime'

/**
 * A free port on 127.0.0.1: the preferred one if it is free. The others are taken from below the range the system uses for outgoing
 * connections: a client that keeps connecting to a stopped server's port could otherwise be given that very port as its own.
 */
export async function freePort(preferred?: number): Promise<number> {
  if (preferred !== undefined && (await isFree(preferred))) return preferred
  for (let attempt = 0; attempt < 1000; attempt++) {
    const port = 20_000 + Math.floor(Math.random() * 10_000)
    if (await isFree(port)) return port
  }
  throw new TickhouseError('NO_FREE_PORT', 'No port between 20000 and 29999 is free')
}

function isFree(port: number): Promise<boolean> {
  return new Promise(resolve => {
    const server = createServer()
    server.once('error', () => resolve(false))
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => server.close(() => resolve(true)))
  })
}
