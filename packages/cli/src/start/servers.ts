import type { KafkaServer, QuestdbServer } from '@tickhouse/stack'
import { questdbSetting } from '../questdb-setting.ts'
import type { RunningProcess } from '../run-file.ts'
import type { StartOptions } from './options.ts'
import { type QuestdbAccess, questdbAccess } from './questdb-access.ts'
import { type ServerContext, serverStarter } from './server-starter.ts'

/** Kafka and QuestDB, whether started here or given. */
export interface Servers {
  readonly brokers: string
  readonly configurationString: string
  /** The web console. */
  readonly consoleUrl: string
  /** For PostgreSQL clients, with its password; undefined for a given QuestDB. */
  readonly postgresUrl: string | undefined
  /** Who may use the QuestDB that was started; undefined for a given one. */
  readonly access: QuestdbAccess | undefined
  processes(): RunningProcess[]
  close(): Promise<void>
}

/** Uses the servers that KAFKA_BROKERS and QDB_CLIENT_CONF name and starts the others, both at once. */
export async function startServers(options: StartOptions, context: ServerContext): Promise<Servers> {
  const { KAFKA_BROKERS: brokers } = options.env
  const configurationString = questdbSetting(options.env)
  const access = configurationString ? undefined : questdbAccess(context.folder.questdbPassword)
  const start = brokers && configurationString ? undefined : await serverStarter(options, context)
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
