import { readdirSync, rmdirSync } from 'node:fs'
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { freePort, type Jars, type ServerProcess, startKafka, startQuestdb } from '@tickhouse/stack'
import { startContainers } from './containers.ts'
import type { PrivateServer, PrivateServers, QuestdbProperties, ServerPorts } from './private-server.ts'
import { removeFolder } from './temporary-folder.ts'

/** What the tests' QuestDB runs with: code that runs for minutes does not pay for optimizing it, and a machine with several has no time for that. */
export const shortLived = ['-XX:TieredStopAtLevel=1']

/** What starts servers as local Java processes. */
export interface LocalServers {
  readonly java: string
  readonly jars: Jars
}

/** How servers can be started on this machine. */
export type ServerKind = { readonly kind: 'docker' } | ({ readonly kind: 'java' } & LocalServers)

/** Ports that are free now. */
export async function freePorts(): Promise<ServerPorts> {
  const [broker, controller, http, postgres, health] = await Promise.all(Array.from({ length: 5 }, () => freePort()))
  return { kafka: { broker: broker!, controller: controller! }, questdb: { http: http!, postgres: postgres!, health: health! } }
}

/** Starts a Kafka and a QuestDB with data of their own. */
export function startServers(how: ServerKind, ports: ServerPorts, questdbProperties: QuestdbProperties = {}): Promise<PrivateServers> {
  return how.kind === 'docker' ? startContainers(ports, questdbProperties) : startLocally(how, ports, questdbProperties)
}

async function startLocally({ java, jars }: LocalServers, ports: ServerPorts, properties: QuestdbProperties): Promise<PrivateServers> {
  const folder = await mkdtemp(join(tmpdir(), 'tickhouse-servers-'))
  const own = (name: string) => join(folder, name)
  const [kafka, questdb] = await Promise.all([
    startKafka({ directory: own('kafka'), jars: jars.kafka, java, ports: ports.kafka }),
    startQuestdb({ directory: own('questdb'), jars: jars.questdb, java, ports: ports.questdb, properties, javaOptions: shortLived }),
  ])
  return { kafka: withData(kafka, own('kafka')), questdb: withData(questdb, own('questdb')) }
}

/** The server, whose data go with it when it is closed, unless they are to be kept. */
function withData<T extends ServerProcess>(server: T, directory: string): T & Pick<PrivateServer, 'keep'> {
  let isKept = false
  const keep = () => {
    isKept = true
    return directory
  }
  const close = async () => {
    await server.stop()
    if (isKept) return
    removeFolder(directory)
    // The folder of both goes with the later one.
    if (readdirSync(dirname(directory)).length === 0) rmdirSync(dirname(directory))
  }
  return Object.assign(server, { close, keep })
}
