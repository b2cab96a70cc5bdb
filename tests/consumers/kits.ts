import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { promisify } from 'node:util'
import { type DatasetName, openReader, type Position, type ReaderEvent } from '@tickhouse/records'
import { guard } from '@tickhouse/stack'
import { scaledTimeout } from '@tickhouse/testkit'

/** What a kit is told to read. */
export interface Reading {
  readonly brokers: string
  readonly datasets: readonly DatasetName[]
  readonly from: 'latest' | 'earliest' | Date | Position
  readonly group?: string
  readonly settleMs?: number
}

/** A reader of either kit: what it told so far, as text, and where it is. */
export interface KitReader {
  readonly told: readonly string[]
  readonly position: Position
  close(): Promise<void>
}

/** Opens a reader; resolves once it reads. */
export type OpenKit = (reading: Reading) => Promise<KitReader>

export const openTypescript: OpenKit = async ({ brokers, ...reading }) => {
  const reader = await openReader({ kafka: { brokers: brokers.split(',') }, settleMs: 500, ...reading })
  const told: string[] = []
  const reads = (async () => {
    for await (const event of reader) told.push(textOf(event))
  })()
  return {
    told,
    get position() {
      return reader.position
    },
    close: async () => {
      await reader.close()
      await reads
    },
  }
}

function textOf(event: ReaderEvent): string {
  switch (event.kind) {
    case 'record':
      return `record ${event.dataset} ${event.record.session} ${event.record.seq}`
    case 'gap':
      return `gap ${event.gap.reason} ${event.gap.session} ${event.datasets}`
    case 'jump':
      return `jump ${event.dataset} ${event.session} ${event.from}-${event.to} ${event.because}`
    case 'lost':
      return `lost ${event.topic}/${event.partition} ${event.from}-${event.to} ${event.because}`
    case 'session':
      return `session ${event.session.session} ${event.session.event}`
    case 'unreadable':
      return `unreadable ${event.place.topic}/${event.place.partition}/${event.place.offset}`
  }
}

/** The Python kit in a process of its own. */
export const openPython =
  (python: string): OpenKit =>
  async ({ from, ...reading }) => {
    const words = { ...reading, from: from instanceof Date ? { ms: from.getTime() } : from }
    const child = spawn(python, [join(import.meta.dirname, 'read.py'), JSON.stringify(words)], { stdio: ['ignore', 'pipe', 'pipe'] })
    guard(child)
    const reader = { told: [] as string[], position: {} as Position, close: () => ended(child) }
    let complaint = ''
    child.stderr.setEncoding('utf8').on('data', text => {
      complaint += text
    })
    const begun = Promise.withResolvers<void>()
    child.once('close', code => begun.reject(new Error(`The Python kit ended with ${code}: ${complaint}`)))
    createInterface(child.stdout).on('line', line => {
      const { told, position } = JSON.parse(line) as { told: string[]; position: Position }
      reader.told.push(...told)
      reader.position = position
      begun.resolve()
    })
    await begun.promise
    return reader
  }

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const gone = new Promise(resolve => child.once('close', resolve))
  child.kill('SIGTERM')
  await gone
}

const run = promisify(execFile)

/** A virtual environment with the Python kit, or why there is none. */
export async function installPython(folder: string, kit: string): Promise<{ readonly python: string } | { readonly missing: string }> {
  const python = join(folder, 'bin', 'python')
  try {
    await run('python3', ['-m', 'venv', folder])
    const options = ['--quiet', '--disable-pip-version-check', '--no-cache-dir', '--retries', '1']
    await run(python, ['-m', 'pip', 'install', ...options, kit], { timeout: scaledTimeout(240_000) })
    return { python }
  } catch (error) {
    const lines = String((error as { stderr?: string }).stderr || error)
      .trim()
      .split('\n')
    const missing = `the Python kit cannot be installed: ${lines.at(-1)}`
    console.warn(`consumers: SKIPPED, because ${missing}`)
    return { missing }
  }
}
