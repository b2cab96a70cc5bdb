import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ClassArchive } from './class-archive.ts'
import { freePort } from './free-port.ts'
import { loginProperties, type QuestdbLogins, type QuestdbPorts, questdbConfiguration, questdbLogging } from './questdb-configuration.ts'
import { type Exit, ServerProcess } from './server-process.ts'

/** Where a QuestDB is to be found. */
export interface QuestdbAddress {
  /** Web console and SQL over HTTP. */
  readonly httpUrl: string
  /** As QDB_CLIENT_CONF wants it. */
  readonly configurationString: string
  /** For PostgreSQL clients, as the user who only reads; without logins of its own, QuestDB's default user and password. */
  readonly postgresUrl: string
  /** `/metrics` and `/status`. */
  readonly healthUrl: string
}

/** A running QuestDB. */
export interface QuestdbServer extends ServerProcess, QuestdbAddress {}

/** Where a local QuestDB keeps everything, and with what it runs. */
export interface QuestdbOptions {
  readonly directory: string
  /** Module path. */
  readonly jars: string
  readonly java?: string
  /** Free ones when left out. */
  readonly ports?: QuestdbPorts
  /** Who may use it; whoever reaches it, where left out. */
  readonly logins?: QuestdbLogins
  /** More properties, as server.conf names them. */
  readonly properties?: Readonly<Record<string, string>>
  /** More flags for the Java virtual machine; the last of two counts. */
  readonly javaOptions?: readonly string[]
  readonly onExit?: (exit: Exit) => void
  readonly signal?: AbortSignal
}

/** Starts a QuestDB with its web console on loopback; resolves when it answers a query. */
export async function startQuestdb(options: QuestdbOptions): Promise<QuestdbServer> {
  const ports = options.ports ?? { http: await freePort(), postgres: await freePort(), health: await freePort() }
  const server = Object.assign(localQuestdb(options, ports), questdbAddress(ports, options.logins))
  await server.start(options.signal)
  return server
}

/** The addresses that go with the ports. */
export function questdbAddress({ http, postgres, health }: QuestdbPorts, logins?: QuestdbLogins): QuestdbAddress {
  const { user, password } = logins?.reader ?? { user: 'admin', password: 'quest' }
  const credentials = logins && `username=${logins.writer.user};password=${logins.writer.password};`
  return {
    httpUrl: `http://127.0.0.1:${http}`,
    configurationString: `http::addr=127.0.0.1:${http};${credentials ?? ''}`,
    postgresUrl: `postgresql://${user}:${password}@127.0.0.1:${postgres}/qdb`,
    healthUrl: `http://127.0.0.1:${health}`,
  }
}

/** True when QuestDB answers a query, be it that it wants a password. */
export async function questdbAnswers(httpUrl: string): Promise<boolean> {
  try {
    const response = await fetch(`${httpUrl}/exec?query=select%201`, { signal: AbortSignal.timeout(2000) })
    await response.arrayBuffer()
    return response.ok || response.status === 401
  } catch {
    return false
  }
}

function localQuestdb(options: QuestdbOptions, ports: QuestdbPorts): ServerProcess {
  const { directory, jars, java = 'java', javaOptions = [], logins, onExit } = options
  const properties = { ...(logins && loginProperties(logins)), ...options.properties }
  // Its native library is unpacked at every start: into its own folder, where a killed process does not leave it behind for good.
  const flags = ['-XX:+UseParallelGC', '-Xms256m', '-Xmx1g', `-Djava.io.tmpdir=${join(directory, 'tmp')}`, ...javaOptions]
  const archive = new ClassArchive('questdb', jars, directory)
  return new ServerProcess({
    name: 'QuestDB',
    command: java,
    args: () => [...archive.flags(), ...flags, '-p', jars, '-m', 'io.questdb/io.questdb.ServerMain', '-d', directory, '-n'],
    outputFile: join(directory, 'questdb.log'),
    prepare: () => prepare(directory, ports, properties),
    answers: () => questdbAnswers(questdbAddress(ports).httpUrl),
    ended: exit => archive.keep(exit),
    onExit,
  })
}

async function prepare(directory: string, ports: QuestdbPorts, properties: Readonly<Record<string, string>>): Promise<void> {
  const conf = join(directory, 'conf')
  const temporary = join(directory, 'tmp')
  rmSync(temporary, { recursive: true, force: true })
  for (const folder of [conf, temporary]) mkdirSync(folder, { recursive: true })
  // It may hold a password.
  rmSync(join(conf, 'server.conf'), { force: true })
  writeFileSync(join(conf, 'server.conf'), questdbConfiguration(ports, properties), { mode: 0o600 })
  writeFileSync(join(conf, 'log.conf'), questdbLogging)
}
