import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { type Bus, connectBus, kafkaOptions, kafkaSettings } from '@tickhouse/bus'
import { type RunFile, readRunFile } from '@tickhouse/page'
import { createLogger, createRegistry, type Env, type Logger, loadConfig, UsageError } from '@tickhouse/runtime'
import { sampleJournal } from '@tickhouse/sample-day'
import { openStore, questdbSetting, type Store } from '@tickhouse/store'

/** Where Kafka, QuestDB and the journals are. */
export interface Connections {
  readonly brokers: readonly string[]
  /** As QDB_CLIENT_CONF wants it. */
  readonly configurationString: string
  /** One for each collector. */
  readonly journalDirectories: readonly string[]
}

/** Takes KAFKA_BROKERS, QDB_CLIENT_CONF[_FILE] and JOURNAL_DIR (one folder or several, with commas between them) from the environment, and what is missing there from a running `tickhouse start`; with nothing needed, whatever is known. */
export function loadConnections(
  env: Env,
  data: string,
  needed: readonly (keyof Connections)[] = ['brokers', 'configurationString', 'journalDirectories'],
): Connections {
  const run = readRunFile(data)
  const brokers = env['KAFKA_BROKERS'] || run?.brokers
  const isAsked = needed.length === 0 || needed.includes('configurationString')
  const configurationString = isAsked ? questdbSetting(env) || run?.configurationString || clientConf(run) : undefined
  const journalDirectories = env['JOURNAL_DIR'] || run?.journalDirectory
  const values = { brokers, configurationString, journalDirectories }
  const missing = needed.filter(name => !values[name]).map(name => variables[name])
  if (missing.length > 0)
    throw new UsageError(
      `Expected ${missing.join(', ')} in the environment, or a running \`tickhouse start\` in ${data} (--data names another folder)`,
    )
  return {
    brokers: wordsOf(brokers),
    configurationString: configurationString ?? '',
    journalDirectories: wordsOf(journalDirectories),
  }
}

/** The journals that can be read: JOURNAL_DIR, or that of the sample day of a date, or of a running start, or what a start has left in the data folder. */
export function journalFolders(env: Env, data: string, date: string | undefined): readonly string[] {
  const sample = sampleOf(date, data, env)
  if (sample !== undefined) return sample
  const left = join(data, 'journal')
  const { journalDirectories } = loadConnections(env, data, existsSync(left) ? [] : ['journalDirectories'])
  return journalDirectories.length > 0 ? journalDirectories : [left]
}

/** The journal of the sample day of that date, where there is one and nobody names another: a start has captured nothing on that date. */
export function sampleOf(date: string | undefined, data: string, env: Env): readonly string[] | undefined {
  if (date === undefined || env['JOURNAL_DIR']) return undefined
  const journal = sampleJournal(data, date)
  return existsSync(journal) ? [journal] : undefined
}

function wordsOf(list: string | undefined): string[] {
  return (list ?? '')
    .split(',')
    .map(word => word.trim())
    .filter(word => word !== '')
}

/** How to reach the QuestDB of a running start; undefined where that is gone. */
function clientConf(run: RunFile | undefined): string | undefined {
  const file = run?.questdb?.clientConf
  return file === undefined ? undefined : questdbSetting({ QDB_CLIENT_CONF_FILE: file })
}

const variables: Record<keyof Connections, string> = {
  brokers: 'KAFKA_BROKERS',
  configurationString: 'QDB_CLIENT_CONF',
  journalDirectories: 'JOURNAL_DIR',
}

/** The Kafka of these brokers for a verb, with the user, the password and the authority that the environment names. */
export function busFor(verb: string, brokers: readonly string[], env: Env, log = verbLog(verb, env)): Bus {
  const config = loadConfig(kafkaSettings, { ...env, KAFKA_BROKERS: brokers.join(',') })
  return connectBus({ ...kafkaOptions(config), clientId: `tickhouse-${verb}`, log, registry: createRegistry(verb) })
}

/** The QuestDB that a configuration string names, for a verb. */
export function storeFor(verb: string, configurationString: string, env: Env, log = verbLog(verb, env)): Store {
  return openStore({ configurationString, log })
}

/** Does the work of a verb with that QuestDB, and lets go of it. */
export async function withStore<T>(verb: string, configurationString: string, work: (store: Store) => Promise<T>): Promise<T> {
  const store = storeFor(verb, configurationString, process.env)
  try {
    return await work(store)
  } finally {
    store.close()
  }
}

/** How a verb logs: only what a person has to know, unless LOG_LEVEL says otherwise. */
export function verbLog(verb: string, env: Env, level = 'warn'): Logger {
  return createLogger({ name: verb, level: env['LOG_LEVEL'] || level })
}
