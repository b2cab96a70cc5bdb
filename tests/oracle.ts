import { readFileSync } from 'node:fs'
import { crc32 } from 'node:zlib'
import { datasetOfType, venueDatasets } from '@tickhouse/catalogue'
import { readJournal } from '@tickhouse/journal'
import type { LedgerEntry } from '@tickhouse/simulator'

/** A frame of the venue as the journal has it. */
interface Captured {
  readonly session: string
  readonly key: number
  readonly atUs: number
}

/** A captured frame and what it is in the ledger. */
interface Matched extends Captured {
  readonly entry: LedgerEntry
}

/** An interval in which frames may be missing, µs. */
export interface Interval {
  readonly from: number
  readonly to: number
}

/** What became of the frames that the venue sent. */
export interface Account {
  readonly sent: number
  readonly captured: number
  /** Frames of the journal that the ledger of the venue does not know: what a fault sent. */
  readonly foreign: number
  /** Stretches of frames that were sent and are not in the journal: between which captures, µs. */
  readonly lost: readonly (Interval & { readonly frames: number })[]
  /** Items that were sent and captured, by `session/dataset`; without those of the account. */
  readonly items: ReadonlyMap<string, number>
  /** Cumulative volumes of the trades that were captured, in the order sent, by `session/item`. */
  readonly trades: ReadonlyMap<string, readonly number[]>
}

/** Account numbers are replaced before the journal, so frames of these types are not the ones that were sent; `verify` alone counts them. */
const accountTypes = venueDatasets.filter(({ items }) => items === 'account').map(({ type }) => type)
const accountMarks = accountTypes.map(type => `"type":"${type}"`)

/**
 * Lays the journal beside the ledger of the simulated venue: captured frames stand in the order in which they were sent, byte for byte, and what
 * was sent and not captured is told. Throws where the journal holds a frame twice or in another order. Frames behind the last captured one are not judged.
 */
export async function account(ledgerFile: string, journal: string): Promise<Account> {
  const sent = ledgerEntries(ledgerFile).filter(({ sessions, items }) => sessions.length > 0 && !items.some(isOfAccount))
  const keys = sent.map(({ crc32 }) => crc32)
  const known = new Set(keys)
  const captured = await capturedFrames(journal)
  const own = captured.filter(({ key }) => known.has(key))
  const lost: (Interval & { frames: number })[] = []
  const matched: Matched[] = []
  let at = 0
  for (const { key, session, atUs } of own) {
    const found = keys.indexOf(key, at)
    if (found < 0) throw new Error(`The journal holds a frame twice or out of order: session ${session}, captured at ${atUs} µs`)
    if (found > at) lost.push({ from: certainlyBefore(new Set(keys.slice(at, found)), matched), to: atUs, frames: found - at })
    matched.push({ key, atUs, entry: sent[found]!, session })
    at = found + 1
  }
  return { sent: sent.length, captured: own.length, foreign: captured.length - own.length, lost, ...countsOf(matched) }
}

/**
 * When the last frame was captured that was sent before these for certain, µs; 0 where there is none. Some frames are sent again with the same bytes:
 * what was captured may be the copy that came after the loss.
 */
function certainlyBefore(lostKeys: ReadonlySet<number>, matched: readonly Matched[]): number {
  return matched.findLast(({ key }) => !lostKeys.has(key))?.atUs ?? 0
}

/** The frames that the venue made, in order; a line that is being written is left out. */
export function ledgerEntries(file: string): LedgerEntry[] {
  const lines = readFileSync(file, 'utf8').split('\n')
  return lines.filter(line => line.endsWith('}')).map(line => JSON.parse(line) as LedgerEntry)
}

function isOfAccount({ type }: { readonly type: string }): boolean {
  return accountTypes.includes(type)
}

async function capturedFrames(journal: string): Promise<Captured[]> {
  const frames: Captured[] = []
  for await (const { header, entries } of readJournal(journal))
    for (const { kind, timeUs, bytes } of entries)
      if (kind === 'frame' && !accountMarks.some(mark => bytes.includes(mark)))
        frames.push({ session: header.session, key: crc32(bytes), atUs: timeUs })
  return frames
}

function countsOf(matched: readonly { entry: LedgerEntry; session: string }[]): Pick<Account, 'items' | 'trades'> {
  const items = new Map<string, number>()
  const trades = new Map<string, number[]>()
  for (const { entry, session } of matched)
    for (const { type, item, fids } of entry.items) {
      const key = `${session}/${datasetOfType(type)?.name}`
      items.set(key, (items.get(key) ?? 0) + 1)
      if (type !== '0B' || fids['13'] === undefined) continue
      const series = trades.get(`${session}/${item}`) ?? []
      if (series.length === 0) trades.set(`${session}/${item}`, series)
      series.push(Number(fids['13']))
    }
  return { items, trades }
}
