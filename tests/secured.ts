import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Bus, connectBus, kafkaOptions, kafkaSettings } from '@tickhouse/bus'
import { entities } from '@tickhouse/catalogue'
import { createLogger, createRegistry, loadConfig } from '@tickhouse/runtime'
import { type QuestdbServer, startQuestdb } from '@tickhouse/stack'
import type { Store } from '@tickhouse/store'
import { type ChildService, childService, localServers, removeFolder, temporaryFolder } from '@tickhouse/testkit'
import { tickhouse } from './command.ts'
import type { SecureKafka } from './secure-kafka.ts'

const services = join(import.meta.dirname, '..', 'services')
const log = createLogger({ name: 'tests', level: process.env['LOG_LEVEL'] ?? 'silent', pretty: false })

/** A service that serves /status and the like. */
export type Secured = ChildService<{ url: string; wsUrl?: string }>

/** Kafka by the settings of a user. */
export function busAs({ envOf }: SecureKafka, user: string, more: Readonly<Record<string, string>> = {}): Bus {
  const options = kafkaOptions(loadConfig(kafkaSettings, { ...envOf(user), ...more }))
  return connectBus({ ...options, clientId: `tests-${user}`, log, registry: createRegistry('tests') })
}

/** Runs a service; `secrets` reach it by files, as `NAME_FILE`. */
export function runService(
  name: 'simulator' | 'collector' | 'sink',
  env: Readonly<Record<string, string>>,
  secrets: Readonly<Record<string, string>> = {},
  args: readonly string[] = [],
): Promise<Secured> {
  return childService(join(services, name, 'src', 'main.ts'), { ...env, ...inFiles(secrets) }, { args })
}

/** The same settings with each secret in a file of its own. */
export function inFiles(secrets: Readonly<Record<string, string>>): Record<string, string> {
  const folder = temporaryFolder()
  return Object.fromEntries(
    Object.entries(secrets).map(([name, value]) => {
      writeFileSync(join(folder, name), `${value}\n`, { mode: 0o600 })
      return [`${name}_FILE`, join(folder, name)]
    }),
  )
}

/** A QuestDB that wants a password; its data go with it when it is closed. */
export async function startLockedQuestdb(password: string): Promise<QuestdbServer> {
  const { java, jars } = localServers()
  const properties = { 'http.user': 'tickhouse', 'http.password': password, 'pg.password': password }
  const directory = mkdtempSync(join(tmpdir(), 'tickhouse-'))
  const server = await startQuestdb({ directory, jars: jars.questdb, java, properties })
  const close = async () => {
    await server.stop()
    removeFolder(directory)
  }
  return Object.assign(server, { close })
}

/** `tickhouse …` with these settings. */
export function command(env: Readonly<Record<string, string>>, ...words: string[]) {
  return tickhouse({ brokers: env['KAFKA_BROKERS']!, questdb: '' }, '', words, env).end
}

/** Every byte below a folder, as text in which any run of ASCII can be found. */
export function textsBelow(folder: string): string {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter(entry => entry.isFile())
  return files.map(({ parentPath, name }) => readFileSync(join(parentPath, name), 'latin1')).join('\n')
}

/** Every record of some topics. */
export async function textsInTopics(bus: Bus, topics = entities.map(({ topic }) => topic.name)): Promise<string> {
  const texts: string[] = []
  await bus.scan(topics, ({ topic, key, value }) => void texts.push(`${topic} ${key} ${value}`))
  return texts.join('\n')
}

/** Every row of some tables. */
export async function textsInTables(store: Store, tables = entities.map(({ table }) => table.name)): Promise<string> {
  const texts: string[] = []
  for (const table of tables) {
    await store.waitUntilApplied(table)
    texts.push(JSON.stringify(await store.query(`SELECT * FROM ${table}`)))
  }
  return texts.join('\n')
}

/** Everything a service answers. */
export async function answersOf({ announced: { url } }: Secured): Promise<string> {
  const answers = ['/live', '/ready', '/status', '/metrics'].map(async path => await (await fetch(`${url}${path}`)).text())
  return (await Promise.all(answers)).join('\n')
}
