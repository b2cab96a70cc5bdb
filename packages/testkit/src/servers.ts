import { beforeAll, describe, inject } from 'vitest'
import type { PrivateServers, QuestdbProperties } from './private-server.ts'
import { freePorts, type LocalServers, type ServerKind, startServers } from './private-servers.ts'
import { scaledTimeout } from './scaled-timeout.ts'
import { TcpProxy } from './tcp-proxy.ts'

/** Where the servers are that integration tests share: use names of your own for topics, groups and tables. */
export interface SharedServers {
  readonly brokers: string
  /** As QDB_CLIENT_CONF wants it. */
  readonly questdb: string
  readonly httpUrl: string
}

/** A pair of servers for each file that runs at a time. */
export interface SharedPairs {
  readonly pairs: readonly SharedServers[]
  /** Starts the pair of a lane, `POST …/2`, and answers when it runs; none where the servers are there already. */
  readonly starter?: string
}

/** What the set-up of a run found: an answer, or in words why there is none. */
export type Found<T> = { readonly found: T } | { readonly missing: string }

declare module 'vitest' {
  export interface ProvidedContext {
    sharedServers: Found<SharedPairs>
    serverKind: Found<ServerKind>
    localServers: Found<LocalServers>
  }
}

/** The servers that the files of this lane share, one file after the other. */
export function servers(): SharedServers {
  return required(inject('sharedServers')).pairs[lane()]!
}

/** A `describe` that is skipped, with the reason in its title, when no Kafka and QuestDB can be had. */
export function describeWithServers(title: string, tests: () => void): void {
  describeIf(inject('sharedServers'), title, () => {
    beforeAll(serversRun, scaledTimeout(180_000))
    tests()
  })
}

/** Resolves when the servers of this lane run: the first file that needs them waits for their start. */
async function serversRun(): Promise<void> {
  const { starter } = required(inject('sharedServers'))
  if (starter === undefined) return
  const response = await fetch(`${starter}/${lane()}`, { method: 'POST' })
  if (!response.ok) throw new Error(`No servers: ${await response.text()}`)
}

/** Which of the files that run at the same time this is, from 0. */
function lane(): number {
  return Number(process.env['VITEST_POOL_ID'] ?? 1) - 1
}

/** The same for tests that need `ownServers`. */
export function describeWithOwnServers(title: string, tests: () => void): void {
  describeIf(inject('serverKind'), title, tests)
}

/** The same for tests that start servers as local Java processes, with settings of their own: `localServers`. */
export function describeWithLocalServers(title: string, tests: () => void): void {
  describeIf(inject('localServers'), title, tests)
}

/** What starts such servers. */
export function localServers(): LocalServers {
  return required(inject('localServers'))
}

/** Servers of your own, each behind a proxy whose address clients use. */
export interface OwnServers extends PrivateServers {
  readonly kafkaProxy: TcpProxy
  readonly questdbProxy: TcpProxy
  /** The addresses through the proxies, in the shape of `servers()`. */
  readonly proxied: SharedServers
  close(): Promise<void>
}

/**
 * Starts a Kafka and a QuestDB for tests that stop, kill or cut them off: `beforeAll`, and `close` in `afterAll`.
 * Kafka names its proxy to clients, so that no client gets past it; QuestDB is reached either way.
 */
export async function ownServers(questdbProperties: QuestdbProperties = {}): Promise<OwnServers> {
  const ports = await freePorts()
  const kafkaProxy = await TcpProxy.open({ target: { port: ports.kafka.broker } })
  const questdbProxy = await TcpProxy.open({ target: { port: ports.questdb.http } })
  const reached = { ...ports, kafka: { ...ports.kafka, advertised: kafkaProxy.port } }
  const started = await startServers(required(inject('serverKind')), reached, questdbProperties)
  const proxied = {
    brokers: kafkaProxy.address,
    questdb: `http::addr=${questdbProxy.address};`,
    httpUrl: `http://${questdbProxy.address}`,
  }
  const close = async () => {
    await Promise.all([kafkaProxy.close(), questdbProxy.close(), started.kafka.close(), started.questdb.close()])
  }
  return { ...started, kafkaProxy, questdbProxy, proxied, close }
}

function describeIf(found: Found<unknown>, title: string, tests: () => void): void {
  if ('found' in found) describe(title, tests)
  else describe.skip(`${title} (skipped, because ${found.missing})`, tests)
}

function required<T>(found: Found<T>): T {
  if ('found' in found) return found.found
  throw new Error(`No servers: ${found.missing}`)
}
