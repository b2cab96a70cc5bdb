import { createLogger } from '@tickhouse/runtime'
import { type EntryBatch, type Journal, type JournalOptions, type Loss, openJournal, type SessionHeader } from '../src/index.ts'
import { MemoryFileSystem } from './memory-file-system.ts'

export const directory = '/journal'
export const log = createLogger({ name: 'test', level: 'silent' })

/** The path of a segment of the journal in memory. */
export function segmentPath(segment: number): string {
  return `${directory}/${String(segment).padStart(10, '0')}.journal`
}

/** The path of a compressed one. */
export function compressedPath(segment: number): string {
  return `${segmentPath(segment)}.zst`
}

/** The header of a session with the given id. */
export function headerOf(session: string): SessionHeader {
  return { session, openedAtUs: 1_000_000, environment: 'simulator', collector: 'test', version: 1 }
}

/** A journal on a disk in memory, with the losses it reported. */
export async function openInMemory(files = new MemoryFileSystem(), options: Partial<JournalOptions> = {}) {
  const losses: Loss[] = []
  const journal = await openJournal({ directory, files, log, fsyncMs: 1, onLoss: loss => losses.push(loss), ...options })
  return { journal, files, losses }
}

/** Appends texts as frames, one µs apart. */
export function appendTexts(journal: Journal, texts: readonly string[], fromUs = 2_000_000): void {
  for (const [index, text] of texts.entries()) journal.append('frame', fromUs + index, Buffer.from(text))
}

/** All batches of a finite iteration. */
export async function collect(batches: AsyncIterable<EntryBatch>): Promise<EntryBatch[]> {
  const all: EntryBatch[] = []
  for await (const batch of batches) all.push(batch)
  return all
}

/** The texts of all entries. */
export function textsOf(batches: readonly EntryBatch[]): string[] {
  return batches.flatMap(batch => batch.entries.map(entry => entry.bytes.toString('utf8')))
}

/** The texts of the entries that are frames. */
export function framesOf(batches: readonly EntryBatch[]): string[] {
  return textsOf(batches.map(batch => ({ ...batch, entries: batch.entries.filter(entry => entry.kind === 'frame') })))
}

/** Reads live until `count` entries came, then ends the reading. */
export async function readLive(journal: Journal, count: number, from = { segment: 0, offset: 0 }, maxBytes = 1024): Promise<EntryBatch[]> {
  const stop = new AbortController()
  const batches: EntryBatch[] = []
  let entries = 0
  for await (const batch of journal.readFrom(from, stop.signal, { maxBytes })) {
    batches.push(batch)
    entries += batch.entries.length
    if (entries >= count) stop.abort()
  }
  return batches
}
