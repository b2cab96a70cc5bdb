import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { privately, replaceFile } from '@tickhouse/runtime'

/** One process of a running `tickhouse start`. */
export interface RunningProcess {
  readonly name: string
  readonly pid: number
  /** Where it answers people and other processes. */
  readonly address: string
  /** Where it serves /live, /ready, /metrics and /status; null for servers that are not ours. */
  readonly http: string | null
}

/** Where collectors and sinks serve their status now, as far as they run. */
export interface ServiceAddresses {
  readonly collectors: readonly string[]
  readonly sinks: readonly string[]
}

/** Whose password is where; the files can be read by their owner only. */
export interface QuestdbFiles {
  readonly user: string
  readonly passwordFile: string
  /** Of the user that `postgres` names, who only reads. */
  readonly readerPasswordFile: string
  /** As QDB_CLIENT_CONF_FILE wants it. */
  readonly clientConf: string
}

/** What a running `tickhouse start` leaves in its data folder for the other verbs. */
export interface RunFile {
  readonly pid: number
  readonly startedAt: string
  /** As KAFKA_BROKERS wants it. */
  readonly brokers: string
  /** As QDB_CLIENT_CONF wants it; null where it holds a password. */
  readonly configurationString: string | null
  /** How to log in to the QuestDB that was started; null for one that was given: then the other verbs need QDB_CLIENT_CONF too, where it holds a password. */
  readonly questdb: QuestdbFiles | null
  /** For PostgreSQL clients, as the user who only reads, without the password; null for a QuestDB that was given. */
  readonly postgres: string | null
  readonly journalDirectory: string
  /** Where the live page is. */
  readonly page: string
  readonly processes: readonly RunningProcess[]
}

/** Reads the run file of a data folder; undefined when nothing was started there. */
export function readRunFile(data: string): RunFile | undefined {
  try {
    return JSON.parse(readFileSync(path(data), 'utf8')) as RunFile
  } catch {
    return undefined
  }
}

/** Where those of the processes that are services serve. */
export function addressesOf(processes: readonly RunningProcess[]): ServiceAddresses {
  const all = (service: string) => processes.flatMap(({ name, http }) => (name === service && http !== null ? [http] : []))
  return { collectors: all('collector'), sinks: all('sink') }
}

/** Replaces the run file in one step, so that no reader sees half of it; only its owner can read it, and no password is in it. */
export function writeRunFile(data: string, run: RunFile): void {
  const kept = { ...run, configurationString: holdsCredentials(run.configurationString) ? null : run.configurationString }
  replaceFile(path(data), `${JSON.stringify(kept, null, 2)}\n`, privately)
}

export function removeRunFile(data: string): void {
  rmSync(path(data), { force: true })
}

function holdsCredentials(configurationString: string | null): boolean {
  return /\b(password|token)\w*=/.test(configurationString ?? '')
}

function path(data: string): string {
  return join(data, 'run.json')
}
