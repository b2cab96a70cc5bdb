import { describe, inject } from 'vitest'
import {
  freePorts,
  type LocalServers,
  type PrivateServers,
  type QuestdbProperties,
  type ServerKind,
  startServers,
} from './private-servers.ts'
import { TcpProxy } from './tcp-proxy.ts'

/** Where the servers are that all integration tests of a run share: use names of your own for topics, groups and tables. */
export interface SharedServers {
  readonly brokers: string
  /** As QDB_CLIENT_CONF wants it. */
  readonly questdb: string
  readonly httpUrl: string
}

/** What the set-up of a run found: an answer, or in words why there is none. */
export type Found<T> = { readonly found: T } | { readonly missing: string }

declare module 'vitest' {
  export interface ProvidedContext {
    sharedServers: Found<SharedServers>
    serverKind: Found<ServerKind>
    localServers: Found<LocalServers>
  }
}

/** The servers that this run of the tests shares. */
export function servers(): SharedServers {
  return required(inject('sharedServers'))
}

/** A `describe` that is skipped, with the reason in its title, when no Kafka and QuestDB can be had. */
export function describeWithServers(title: string, tests: () => void): void {
  describeIf(inject('sharedServers'), title, tests)
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
