import type { RunningProcess } from '@tickhouse/page'
import { backoffMs, delay, isAbort, messageOf } from '@tickhouse/runtime'
import type { Exit, KafkaServer, QuestdbServer } from '@tickhouse/stack'
import { questdbSetting } from '@tickhouse/store'
import type { StartOptions } from './options.ts'
import { type QuestdbAccess, questdbAccess } from './questdb-access.ts'
import { type ServerDeps, serverStarter } from './server-starter.ts'

/** Kafka and QuestDB, whether started here or given. */
export interface Servers {
  readonly brokers: string
  readonly configurationString: string
  /** The web console. */
  readonly consoleUrl: string
  /** For PostgreSQL clients, as the user who only reads, with its password; undefined for a given QuestDB. */
  readonly postgresUrl: string | undefined
  /** Who may use the QuestDB that was started; undefined for a given one. */
  readonly access: QuestdbAccess | undefined
  processes(): RunningProcess[]
  close(): Promise<void>
}

/** Uses the servers that KAFKA_BROKERS and QDB_CLIENT_CONF name and starts the others, both at once. */
export async function openServers(options: StartOptions, deps: ServerDeps): Promise<Servers> {
  const { KAFKA_BROKERS: brokers } = options.env
  const configurationString = questdbSetting(options.env)
  const access = configurationString ? undefined : questdbAccess(deps.folder)
  const start = brokers && configurationString ? undefined : await serverStarter(options, deps)
  const settled = await Promise.allSettled([brokers ? undefined : start!.kafka(), access && start!.questdb(access)])
  const [kafka, questdb] = settled.map(result => (result.status === 'fulfilled' ? result.value : undefined)) as [
    KafkaServer?,
    QuestdbServer?,
  ]
  const close = () => Promise.all([questdb?.stop(), kafka?.stop()]).then(() => {})
  const failed = settled.find(result => result.status === 'rejected')
  if (failed) {
    await close()
    throw failed.reason
  }
  return {
    brokers: brokers || kafka!.brokers,
    configurationString: configurationString || questdb!.configurationString,
    consoleUrl: questdb?.httpUrl ?? consoleUrlOf(configurationString!),
    postgresUrl: questdb?.postgresUrl,
    access,
    processes: () => [...processOf(kafka, kafka?.brokers), ...processOf(questdb, questdb?.httpUrl)],
    close,
  }
}

function processOf(server: KafkaServer | QuestdbServer | undefined, address: string | undefined): RunningProcess[] {
  if (server?.pid === undefined) return []
  return [{ name: server.name.toLowerCase(), pid: server.pid, address: address!, http: null }]
}

function consoleUrlOf(configurationString: string): string {
  const [scheme, rest] = configurationString.split('::')
  return `${scheme}://${/addr=([^;]+)/.exec(rest ?? '')?.[1] ?? ''}`
}

/** A server that has ended, and how to start it again. */
export interface EndedServer {
  readonly name: string
  readonly exit: Exit
  readonly again: () => Promise<void>
  readonly say: (sentence: string) => void
  readonly signal: AbortSignal
}

/** Starts a server again that ended by itself, with growing pauses, until it runs or the signal aborts; says what happens. */
export async function keepRunning({ name, exit: { code, signal: killedBy }, again, say, signal }: EndedServer): Promise<void> {
  say(`${name} ended by itself (${code === null ? killedBy : `exit code ${code}`}), starting it again`)
  for (let attempt = 1; !signal.aborted; attempt++) {
    try {
      await delay(500 + backoffMs(attempt, { baseMs: 500, maxMs: 30_000 }), signal)
      await again()
      return say(`${name} runs again`)
    } catch (error) {
      if (!isAbort(error)) say(`${name} could not be started again: ${messageOf(error)}`)
    }
  }
}
