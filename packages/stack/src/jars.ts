import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { TickhouseError } from '@tickhouse/runtime'
import { findMaven } from './java.ts'
import { type OnProgress, withProgress } from './progress.ts'

const run = promisify(execFile)
const pom = join(import.meta.dirname, '..', 'pom.xml')

/** The jars of both servers: as a class path for Kafka, as a module path for QuestDB. */
export interface Jars {
  readonly kafka: string
  readonly questdb: string
}

/** Where jars go and who hears about it. */
export interface JarOptions {
  readonly directory: string
  readonly onProgress: OnProgress
  readonly signal?: AbortSignal
}

/** Fetches the jars that pom.xml names with Maven, once: a stamp in the directory says for which pom.xml they are. */
export async function resolveJars({ directory, onProgress, signal }: JarOptions): Promise<Jars> {
  if (!isComplete(directory)) {
    const maven = await findMaven()
    await withProgress('Fetching Kafka and QuestDB with Maven', onProgress, () => fetchJars(maven, directory, signal))
  }
  return jarsIn(directory)
}

async function fetchJars(maven: string, directory: string, signal: AbortSignal | undefined): Promise<void> {
  const fetched = `${directory}.${process.pid}`
  mkdirSync(dirname(directory), { recursive: true })
  try {
    await copyDependencies(maven, fetched, signal)
    writeFileSync(join(fetched, stampName), stampText())
    rmSync(directory, { recursive: true, force: true })
    renameSync(fetched, directory)
  } finally {
    rmSync(fetched, { recursive: true, force: true })
  }
}

async function copyDependencies(maven: string, directory: string, signal: AbortSignal | undefined): Promise<void> {
  const args = ['-B', '-ntp', '-f', pom, 'dependency:copy-dependencies', `-DoutputDirectory=${directory}`]
  try {
    await run(maven, args, { maxBuffer: 2 ** 26, ...(signal && { signal }) })
  } catch (error) {
    signal?.throwIfAborted()
    const output = String((error as { stdout?: string }).stdout ?? error)
    const reasons = output.split('\n').filter(line => line.includes('ERROR'))
    throw new TickhouseError('JARS_FAILED', `Maven could not fetch the jars of Kafka and QuestDB:\n${reasons.slice(0, 5).join('\n')}`)
  }
}

const stampName = '.complete'

function stampText(): string {
  return createHash('sha256').update(readFileSync(pom)).digest('hex')
}

function isComplete(directory: string): boolean {
  const stamp = join(directory, stampName)
  return existsSync(stamp) && readFileSync(stamp, 'utf8') === stampText()
}

function jarsIn(directory: string): Jars {
  const jars = readdirSync(directory).filter(name => name.endsWith('.jar'))
  const path = (names: string[]) => names.map(name => join(directory, name)).join(':')
  return {
    kafka: path(jars.filter(name => !/^(questdb|jspecify)-/.test(name))),
    questdb: path(jars.filter(name => /^(questdb|jspecify)-/.test(name))),
  }
}
