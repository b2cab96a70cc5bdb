import type { VenueDataset } from '../dataset.ts'
import { columnFids, fidsOf } from '../fids.ts'
import type { Column, Ladder } from '../fields.ts'
import { cut, written } from './bounds.ts'
import { UNREADABLE } from './numbers.ts'
import { isBlank, type Reader, readerOf, readLadderPrice, sideIn } from './readers.ts'
import { readExchangeTime } from './times.ts'

/** What cannot be read keeps this much of its text. */
const MAX_UNREADABLE_LENGTH = 256
/** The venue's FIDs have two to five digits; a frame may hold millions of keys of any length. */
const MAX_KEY_LENGTH = 40
const MAX_UNKNOWN_KEYS = 1_000

/** Codes of exchanges have one character. One is remembered per item, so longer texts count as none. */
const MAX_EXCHANGE_LENGTH = 12

/** Where a FID's raw text stands, and how it is read. */
interface Source {
  readonly slot: number
  readonly fid: number
  readonly read: Reader
}

type Step =
  | ({ readonly take: 'value' | 'again'; readonly prefix: string } & Source)
  | { readonly take: 'side'; readonly prefix: string; readonly slot: number }
  | { readonly take: 'ladder'; readonly prefix: string; readonly rows: readonly (readonly Source[])[]; readonly nested: boolean }

/**
 * Turns the raw values of one dataset's items into the members of a JSON object, prepared once.
 * Use: `begin`, `put` each value, `finish`; the results stand in its fields until the next `begin`.
 */
export class ItemReader {
  /** The dataset's columns as JSON members, each with its leading comma. */
  columns = ''
  exchangeTime: number | null = null
  /** Raw text of the FID that repeats the symbol, where the dataset has one. */
  symbolText: string | null = null
  /** FID → raw text of what could not be read; null when all could. */
  unreadable: Record<string, string> | null = null
  /** What the record says of its running total, where the dataset has one; NaN and empty where that is absent or cannot be read. */
  total = Number.NaN
  step = Number.NaN
  exchange = ''
  /** Keys that are no FID of the dataset, as they came but for their length; the first so many of an item. */
  readonly unknownFids: string[] = []

  readonly #slots: ReadonlyMap<number, number>
  readonly #slotsByKey: ReadonlyMap<string, number>
  readonly #raw: unknown[]
  readonly #steps: readonly Step[]
  readonly #exchangeTime: Source | null
  readonly #symbol: Source | null
  readonly #running: { readonly total: Source; readonly step: Source; readonly exchange: Source } | null
  #capturedAtUs = 0

  constructor(dataset: VenueDataset) {
    this.#slots = new Map(fidsOf(dataset).map((fid, slot) => [fid, slot]))
    this.#slotsByKey = new Map(fidsOf(dataset).map((fid, slot) => [String(fid), slot]))
    this.#raw = new Array(this.#slots.size).fill(undefined)
    const source = (fid: number, read: Reader): Source => ({ fid, slot: this.#slots.get(fid)!, read })
    this.#steps = Object.entries(dataset.columns).map(([name, column]) => stepOf(name, column, dataset, source))
    this.#exchangeTime = dataset.exchangeTime ? source(dataset.exchangeTime.fid, readerOf(dataset.exchangeTime, readExchangeTime)) : null
    this.#symbol = dataset.symbol ? source(dataset.symbol.fid, text => (isBlank(text) ? null : text)) : null
    this.#running = runningSources(dataset, source)
  }

  begin(): void {
    this.#raw.fill(undefined)
    this.unreadable = null
    if (this.unknownFids.length > 0) this.unknownFids.length = 0
  }

  /** Takes one value as it came: a text, or whatever stood in its place. */
  put(fid: number, raw: unknown): void {
    const slot = this.#slots.get(fid)
    if (slot === undefined) this.#noteUnknown(String(fid))
    else this.#raw[slot] = raw
  }

  /** Takes one value by its key as it stands in the frame, which need not be a number. */
  putByKey(key: string, raw: unknown): void {
    const slot = this.#slotsByKey.get(key)
    if (slot === undefined) this.#noteUnknown(key)
    else this.#raw[slot] = raw
  }

  /** Reads what was put, captured at `capturedAtUs`; total on anything. */
  finish(capturedAtUs: number): void {
    this.#capturedAtUs = capturedAtUs
    const time = this.#exchangeTime ? this.#value(this.#exchangeTime) : null
    this.exchangeTime = typeof time === 'number' ? time : null
    const symbol = this.#symbol ? this.#value(this.#symbol) : null
    this.symbolText = typeof symbol === 'string' ? symbol : null
    let out = ''
    for (const step of this.#steps) out += this.#member(step)
    this.columns = out
    if (this.#running) this.#readRunning(this.#running)
  }

  /** Names the symbol's FID as unreadable: it contradicts the item. */
  refuseSymbol(): void {
    if (this.#symbol) this.#refuse(this.#symbol)
  }

  #noteUnknown(key: string): void {
    if (this.unknownFids.length < MAX_UNKNOWN_KEYS) this.unknownFids.push(cut(key, MAX_KEY_LENGTH))
  }

  #readRunning({ total, step, exchange }: { readonly total: Source; readonly step: Source; readonly exchange: Source }): void {
    this.total = this.#number(total)
    this.step = this.#number(step)
    const where = this.#again(exchange)
    this.exchange = typeof where === 'string' && where.length <= MAX_EXCHANGE_LENGTH ? where : ''
  }

  #member(step: Step): string {
    if (step.take === 'ladder') return this.#ladder(step)
    if (step.take === 'side') return this.#side(step)
    const value = step.take === 'value' ? this.#value(step) : this.#again(step)
    if (typeof value === 'number') return step.prefix + value
    return value === null ? '' : step.prefix + quoted(value)
  }

  #side(step: { readonly prefix: string; readonly slot: number }): string {
    const raw = this.#raw[step.slot]
    const side = typeof raw === 'string' ? sideIn(raw) : null
    return side === null ? '' : `${step.prefix}"${side}"`
  }

  #number(source: Source): number {
    const value = this.#again(source)
    return typeof value === 'number' ? value : Number.NaN
  }

  /** A second reading of a FID, which the first one names if it cannot be read. */
  #again({ slot, read }: Source): number | string | null {
    const raw = this.#raw[slot]
    const value = typeof raw === 'string' ? read(raw, this.#capturedAtUs) : null
    return value === UNREADABLE ? null : value
  }

  /** Always `rows × levels`, missing elements null; no column at all when no FID of it came. */
  #ladder(step: Extract<Step, { take: 'ladder' }>): string {
    let out = ''
    let present = false
    for (const row of step.rows) {
      out += out === '' ? '[' : ',['
      let separator = ''
      for (const source of row) {
        if (this.#raw[source.slot] !== undefined) present = true
        out += separator + this.#value(source)
        separator = ','
      }
      out += ']'
    }
    if (!present) return ''
    return step.nested ? `${step.prefix}[${out}]` : step.prefix + out
  }

  #value(source: Source): number | string | null {
    const raw = this.#raw[source.slot]
    if (raw === undefined || raw === null) return null
    const value = typeof raw === 'string' ? source.read(raw, this.#capturedAtUs) : UNREADABLE
    if (value !== UNREADABLE) return value
    this.#refuse(source)
    return null
  }

  #refuse(source: Source): void {
    const raw = this.#raw[source.slot]
    const text = typeof raw === 'string' ? raw : written(raw)
    this.unreadable ??= {}
    this.unreadable[source.fid] = cut(text, MAX_UNREADABLE_LENGTH)
  }
}

/** A readable text as JSON; readers let no control character pass, so only these two need an escape. */
function quoted(text: string): string {
  return text.includes('"') || text.includes('\\') ? JSON.stringify(text) : `"${text}"`
}

function stepOf(name: string, column: Column, dataset: VenueDataset, source: (fid: number, read: Reader) => Source): Step {
  const prefix = `,${JSON.stringify(name)}:`
  if (column.shape === 'field') return { take: 'value', prefix, ...source(column.fid, readerOf(column)) }
  if (column.shape === 'ladder') {
    const rows = column.rows.map((_, row) => ladderFids(column, row).map(fid => source(fid, ladderReader(column, row))))
    return { take: 'ladder', prefix, rows, nested: column.questType === 'DOUBLE[][]' }
  }
  const { fid, take } = column.from
  return take === 'side'
    ? { take, prefix, slot: source(fid, sideIn).slot }
    : { take: 'again', prefix, ...source(fid, levelReader(dataset, fid)) }
}

function runningSources({ runningTotal, columns }: VenueDataset, source: (fid: number, read: Reader) => Source) {
  if (!runningTotal) return null
  const of = (fid: number): Source => {
    const field = Object.values(columns).find(column => column.shape === 'field' && column.fid === fid)
    if (field?.shape !== 'field') throw new Error(`Expected a field with FID ${fid}`)
    return source(fid, readerOf(field))
  }
  return { total: of(runningTotal.total), step: of(runningTotal.step), exchange: of(runningTotal.exchange) }
}

function ladderFids(ladder: Ladder, row: number): number[] {
  return columnFids({ ...ladder, rows: [ladder.rows[row]!] })
}

function ladderReader(ladder: Ladder, row: number): Reader {
  const { kind } = ladder.rows[row]!
  return kind === 'price' ? readerOf({ kind, questType: 'DOUBLE' }, readLadderPrice) : readerOf({ kind, questType: 'LONG' })
}

function levelReader(dataset: VenueDataset, fid: number): Reader {
  for (const column of Object.values(dataset.columns)) {
    if (column.shape !== 'ladder') continue
    const row = column.rows.findIndex((_, index) => ladderFids(column, index).includes(fid))
    if (row >= 0) return ladderReader(column, row)
  }
  throw new Error(`Expected a ladder of ${dataset.name} with FID ${fid}`)
}
