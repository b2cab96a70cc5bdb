import { createHash } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import { UsageError } from '@tickhouse/runtime'
import {
  type Exit,
  findDocker,
  findJava,
  freePort,
  type KafkaServer,
  MissingToolError,
  type QuestdbLogins,
  type QuestdbServer,
  removeVolumes,
  resolveJars,
  startKafka,
  startKafkaContainer,
  startQuestdb,
  startQuestdbContainer,
  withProgress,
} from '@tickhouse/stack'
import type { DataFolder } from './data-folder.ts'
import type { StartOptions } from './options.ts'

/** What starting the servers needs besides the options. */
export interface ServerDeps {
  readonly folder: DataFolder
  readonly say: (sentence: string) => void
  readonly signal: AbortSignal
  /** A server ended by itself. */
  readonly onExit: (name: string, exit: Exit, again: () => Promise<void>) => void
}

/** How Kafka and QuestDB are started on this machine. */
export interface ServerStarter {
  kafka(): Promise<KafkaServer>
  questdb(logins: QuestdbLogins): Promise<QuestdbServer>
}

/** Java processes; containers if requested, or if only Docker is available. Throws a UsageError that says what to install when neither is available. */
export async function serverStarter(options: StartOptions, deps: ServerDeps): Promise<ServerStarter> {
  if (options.docker) {
    await required(findDocker())
    return await containers(options, deps)
  }
  try {
    return await localProcesses(options, deps)
  } catch (noJava) {
    if (!(noJava instanceof MissingToolError)) throw noJava
    await required(findDocker(), noJava)
    deps.say(`${noJava.message}: using Docker instead`)
    return await containers(options, deps)
  }
}

async function localProcesses({ env }: StartOptions, { folder, say, signal, onExit }: ServerDeps): Promise<ServerStarter> {
  const java = await findJava(env['JAVA_HOME'])
  const jars = await resolveJars({ directory: folder.jars, onProgress: say, signal })
  const { kafka, questdb } = await ports()
  return {
    kafka: () =>
      starting('Kafka', say, onExit, told =>
        startKafka({ directory: folder.kafka, jars: jars.kafka, java, ports: kafka, onExit: told, signal }),
      ),
    questdb: logins =>
      starting('QuestDB', say, onExit, told =>
        startQuestdb({ directory: folder.questdb, jars: jars.questdb, java, ports: questdb, logins, onExit: told, signal }),
      ),
  }
}

async function containers({ fresh }: StartOptions, { folder, say, signal, onExit }: ServerDeps): Promise<ServerStarter> {
  // Containers and volumes are one per data folder.
  const id = createHash('sha256').update(folder.path).digest('hex').slice(0, 8)
  const names = { kafka: `tickhouse-${id}-kafka`, questdb: `tickhouse-${id}-questdb` }
  if (fresh) await removeVolumes(Object.values(names))
  const { kafka, questdb } = await ports()
  const common = { directory: folder.logs, onProgress: say, signal }
  mkdirSync(folder.logs, { recursive: true })
  return {
    kafka: () => starting('Kafka', say, onExit, told => startKafkaContainer({ ...common, name: names.kafka, ports: kafka, onExit: told })),
    questdb: logins =>
      starting('QuestDB', say, onExit, told =>
        startQuestdbContainer({ ...common, name: names.questdb, ports: questdb, logins, onExit: told }),
      ),
  }
}

/** The well-known ports where they are free, else others. */
async function ports() {
  return {
    kafka: { broker: await freePort(9092), controller: await freePort() },
    questdb: { http: await freePort(9000), postgres: await freePort(8812), health: await freePort(9003) },
  }
}

async function starting<T extends KafkaServer | QuestdbServer>(
  name: string,
  say: (sentence: string) => void,
  onExit: ServerDeps['onExit'],
  start: (told: (exit: Exit) => void) => Promise<T>,
): Promise<T> {
  const server: T = await withProgress(`Starting ${name}`, say, () => start(exit => onExit(name, exit, () => server.start())))
  return server
}

async function required(found: Promise<void>, otherwise?: Error): Promise<void> {
  try {
    await found
  } catch (noDocker) {
    const reasons = [otherwise, noDocker as Error].filter(error => error !== undefined).map(error => `  ${error.message}`)
    throw new UsageError(
      `Kafka and QuestDB cannot be started on this machine:\n${reasons.join('\n')}\n` +
        'Install Java 17 with Maven (for instance `apt install openjdk-17-jre-headless maven`, `brew install openjdk@17 maven`), or Docker,\n' +
        'or name running servers with KAFKA_BROKERS and QDB_CLIENT_CONF.',
    )
  }
}
