import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { venueDatasets } from '@tickhouse/catalogue'
import { beginning, type Journal, openJournal } from '@tickhouse/journal'
import { defaultSymbols, type SymbolLists } from '@tickhouse/kiwoom'
import { createLogger, delay } from '@tickhouse/runtime'
import { Market } from '@tickhouse/simulator'
import type { BenchRow } from './report.ts'

const log = createLogger({ name: 'bench', level: 'silent' })
const frames = 400_000

/** Journal: a session of the simulator's frames (all datasets), read plain, compressed while nothing else goes on, and read again. */
export async function run(): Promise<BenchRow[]> {
  const directory = mkdtempSync(join(tmpdir(), 'journal-bench-'))
  const journal = await openJournal({ directory, log, onLoss: () => {}, tailBytes: 1 })
  try {
    await fill(journal)
    const plain = await readingSpeed(journal)
    const compressing = await compressionSpeed(journal)
    const compressed = await readingSpeed(journal)
    return [...compressing, { what: 'reading plain segments', figure: plain }, { what: 'reading compressed segments', figure: compressed }]
  } finally {
    await journal.close()
    rmSync(directory, { recursive: true })
  }
}

async function fill(journal: Journal): Promise<void> {
  const header = { openedAtUs: 0, environment: 'bench', collector: 'bench', version: 1 }
  const market = new Market(1)
  market.register(venueDatasets.flatMap(({ type, items }) => itemsOf(items).map(item => ({ type, item }))))
  journal.beginSession({ ...header, session: '01old' })
  for (let index = 0; index < frames; index++) {
    journal.append('frame', Date.now() * 1000, market.next(Date.now() + index)!.bytes)
    if (index % 20_000 === 0) await journal.flush()
  }
  journal.beginSession({ ...header, session: '02new' })
  await journal.flush()
}

function itemsOf(kind: string): readonly string[] {
  return kind in defaultSymbols ? (defaultSymbols[kind as keyof SymbolLists] ?? []) : ['']
}

async function readingSpeed(journal: Journal): Promise<string> {
  const start = performance.now()
  let bytes = 0
  for await (const { start, end } of journal.readAll({ from: beginning })) bytes += end.offset - start.offset
  return `${speed(bytes, performance.now() - start)} of entries`
}

async function compressionSpeed(journal: Journal): Promise<BenchRow[]> {
  const cpu = process.cpuUsage()
  const { plainBytes, compressedBytes, ms, delays } = await watched(() => journal.compress(journal.end))
  const { user, system } = process.cpuUsage(cpu)
  const idle = await watched(async () => ({ slept: await delay(ms) }))
  return [
    { what: `${frames.toLocaleString('en')} frames, ${mebibytes(plainBytes)}: compressed to`, figure: mebibytes(compressedBytes) },
    { what: 'compression ratio', figure: (plainBytes / compressedBytes).toFixed(1) },
    { what: 'compressing, forcing to disk and reading back', figure: speed(plainBytes, ms) },
    { what: 'CPU for that', figure: `${((user + system) / 1000 / (plainBytes / 2 ** 20)).toFixed(1)} ms per MiB` },
    { what: 'event loop meanwhile: delay p50, p99, greatest', figure: delays },
    { what: 'event loop while nothing goes on, for as long', figure: idle.delays },
  ]
}

/** Does something and looks how late the event loop comes round meanwhile. */
async function watched<T extends object>(work: () => Promise<T>): Promise<T & { ms: number; delays: string }> {
  const turns = monitorEventLoopDelay({ resolution: 1 })
  const start = performance.now()
  turns.enable()
  const result = await work()
  turns.disable()
  const delays = [50, 99, 100].map(share => `${(turns.percentile(share) / 1e6).toFixed(1)} ms`).join(', ')
  return { ...result, ms: performance.now() - start, delays }
}

function speed(bytes: number, ms: number): string {
  return `${(bytes / 2 ** 20 / (ms / 1000)).toFixed(0)} MiB/s`
}

function mebibytes(bytes: number): string {
  return `${(bytes / 2 ** 20).toFixed(1)} MiB`
}
