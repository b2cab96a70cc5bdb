import { closeSync, openSync, writeSync } from 'node:fs'
import { crc32 } from 'node:zlib'
import type { SourceFrame, SourceItem } from '../market/source.ts'

/** One item of a frame with the values that tell it from others: those of `essentialFids` that it has, as sent. */
export interface LedgerItem {
  readonly type: string
  readonly item: string
  readonly fids: Readonly<Record<string, string>>
}

/** One frame that was made; `sessions` are the numbers of those it was handed to, none where it was lost on purpose. */
export interface LedgerEntry {
  readonly frame: number
  readonly atMs: number
  readonly sessions: readonly number[]
  readonly bytes: number
  /** Of the text as bytes. */
  readonly crc32: number
  readonly items: readonly LedgerItem[]
}

/** Price, cumulative volume, volume, both times, best ask and bid, both totals. */
export const essentialFids = ['10', '13', '15', '20', '21', '41', '51', '121', '125'] as const

const keys = essentialFids.map(fid => [fid, `"${fid}":"`] as const)

interface LedgerOptions {
  /** Appended to, one line of JSON per frame; null writes none. */
  readonly file: string | null
  readonly keep: boolean
}

/** What was sent, in order: the oracle of tests. Lines are on disk after `flush`, which the feed calls after every batch. */
export class Ledger {
  readonly entries: LedgerEntry[] = []
  readonly #options: LedgerOptions
  readonly #file: number | null
  #lines = ''

  constructor(options: LedgerOptions) {
    this.#options = options
    this.#file = options.file === null ? null : openSync(options.file, 'a')
  }

  /** Writes a frame down; does nothing where neither file nor memory is wanted. */
  record(frame: number, atMs: number, sessions: readonly number[], { bytes, items }: Pick<SourceFrame, 'bytes' | 'items'>): void {
    if (this.#file === null && !this.#options.keep) return
    const entry = { frame, atMs, sessions, bytes: bytes.length, crc32: crc32(bytes), items: items.map(essentialsOf) }
    if (this.#options.keep) this.entries.push(entry)
    if (this.#file !== null) this.#lines += `${JSON.stringify(entry)}\n`
  }

  flush(): void {
    if (this.#file === null || this.#lines === '') return
    writeSync(this.#file, this.#lines)
    this.#lines = ''
  }

  close(): void {
    this.flush()
    if (this.#file !== null) closeSync(this.#file)
  }
}

/** Finds the essential values in the JSON text of an item without parsing it; no value of the venue holds a quote. */
function essentialsOf({ type, item, values }: SourceItem): LedgerItem {
  const fids: Record<string, string> = {}
  for (const [fid, key] of keys) {
    const at = values.indexOf(key)
    if (at >= 0) fids[fid] = values.slice(at + key.length, values.indexOf('"', at + key.length))
  }
  return { type, item, fids }
}
