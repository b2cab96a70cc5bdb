import { connect, isIP } from 'node:net'
import { networkInterfaces } from 'node:os'
import { type Check, type Installation, type Judgement, ok, skipped, warn } from './check.ts'

/** True for a host that only this machine reaches. */
export function isLoopback(host: string): boolean {
  const bare = host.replace(/^\[|\]$/g, '')
  return bare === 'localhost' || bare === '::1' || (isIP(bare) === 4 && bare.startsWith('127.'))
}

/** The addresses at which other machines reach this one. */
export function outsideAddresses(): string[] {
  return Object.values(networkInterfaces()).flatMap(found =>
    (found ?? []).filter(({ internal, address }) => !internal && !address.startsWith('fe80')).map(({ address }) => address),
  )
}

/** True when something accepts connections there. */
export function isOpen(host: string, port: number, timeoutMs = 1000): Promise<boolean> {
  return new Promise(resolve => {
    const socket = connect({ host, port, timeout: timeoutMs })
    const end = (open: boolean) => {
      socket.destroy()
      resolve(open)
    }
    socket.once('connect', () => end(true))
    socket.once('timeout', () => end(false))
    socket.once('error', () => end(false))
  })
}

/** A port of a part of the installation, on this machine, and the addresses at which other machines reach it. */
export interface Endpoint {
  readonly name: string
  readonly port: number
  readonly openOn: readonly string[]
  readonly mend: string
}

/** Judges which parts can be reached from elsewhere. */
export function judgeAddresses(endpoints: readonly Endpoint[]): Judgement[] {
  if (endpoints.length === 0) return [skipped('no part of it is known to run on this machine')]
  const open = endpoints.filter(({ openOn }) => openOn.length > 0)
  if (open.length === 0)
    return [ok(`${endpoints.length} ports listen on loopback only: ${endpoints.map(({ name, port }) => `${name} ${port}`).join(', ')}`)]
  return open.map(({ name, port, openOn, mend }) =>
    warn(`${name} can be reached from other machines: ${openOn.join(', ')} port ${port}`, mend),
  )
}

/** Ports that are open to other machines. */
export const addressesCheck: Check = {
  name: 'addresses',
  needs: [],
  look: async installation => {
    const outside = outsideAddresses()
    const found = await Promise.all(endpointsOf(installation).map(endpoint => look(endpoint, outside)))
    return judgeAddresses(found.flatMap(endpoint => endpoint ?? []))
  },
}

type Known = Omit<Endpoint, 'openOn'>

/** Undefined when nothing listens there. */
async function look(endpoint: Known, outside: readonly string[]): Promise<Endpoint | undefined> {
  const [inside, ...open] = await Promise.all(['127.0.0.1', ...outside].map(address => isOpen(address, endpoint.port)))
  const openOn = outside.filter((_, index) => open[index])
  return inside || openOn.length > 0 ? { ...endpoint, openOn } : undefined
}

/** What is known to run on this machine: servers named by a loopback address, and the services of the running start. */
function endpointsOf({ brokers, store, run }: Installation): Known[] {
  const kafka = brokers.map(broker => new URL(`kafka://${broker}`)).filter(({ hostname }) => isLoopback(hostname))
  const questdb = store === undefined ? [] : [new URL(store.address)].filter(({ hostname }) => isLoopback(hostname))
  const services = (run?.processes ?? []).flatMap(({ name, http, address }) =>
    http === null ? [] : [...new Set([http, address])].map(url => ({ name, port: Number(new URL(url).port) })),
  )
  return [
    ...kafka.map(({ port }) => known('Kafka', Number(port), `listeners=PLAINTEXT://127.0.0.1:${port} in server.properties`)),
    ...questdb.flatMap(({ port }) => [
      known('QuestDB', Number(port), `http.bind.to=127.0.0.1:${port} in server.conf`),
      known('QuestDB', 8812, 'pg.net.bind.to=127.0.0.1:8812 in server.conf'),
      known('QuestDB', 9009, 'line.tcp.enabled=false in server.conf'),
    ]),
    ...(run?.page ? [known('page', Number(new URL(run.page).port), 'HTTP_HOST=127.0.0.1: it asks for no password')] : []),
    ...services.map(({ name, port }) => known(name, port, 'HTTP_HOST=127.0.0.1, unless another machine reads its metrics')),
  ]
}

function known(name: string, port: number, mend: string): Known {
  return { name, port, mend }
}
