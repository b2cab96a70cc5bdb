import type { VenueDataset } from '../dataset.ts'
import type { Column, Field, Ladder } from '../fields.ts'
import { UNREADABLE } from './numbers.ts'
import { isBlank, type Reader, readerOf, readLadderPrice, sideIn, type Value } from './readers.ts'
import { readExchangeTime } from './times.ts'

/** The values of an item: FID → raw text; anything may stand in place of a text. */
export type RawValues = Readonly<Record<string, unknown>>

/** What cannot be read keeps this much of its text. */
const MAX_UNREADABLE_LENGTH = 256

type Step =
  | { readonly take: 'value'; readonly fid: string; readonly prefix: string; readonly read: Reader }
  | { readonly take: 'side'; readonly fid: string; readonly prefix: string }
  | { readonly take: 'level'; readonly fid: string; readonly prefix: string; readonly read: Reader }
  | { readonly take: 'ladder'; readonly prefix: string; readonly rows: readonly LadderPlan[]; readonly nested: boolean }

interface LadderPlan {
  readonly fids: readonly string[]
  readonly read: Reader
}

/**
 * Turns the values of one dataset's items into the members of a JSON object, prepared once.
 * Results stand in its fields until the next `read`: no object is made per item.
 */
export class ItemReader {
  /** The dataset's columns as JSON members, each with its leading comma. */
  columns = ''
  exchangeTime: number | null = null
  /** Raw text of the FID that repeats the symbol, where the dataset has one. */
  symbolText: string | null = null
  /** FID → raw text of what could not be read; null when all could. */
  unreadable: Record<string, string> | null = null
  /** How many of the FIDs that the catalogue knows were there. */
  known = 0

  readonly #steps: readonly Step[]
  readonly #exchangeTime: { readonly fid: string; readonly read: Reader } | null
  readonly #symbolFid: string | null
  readonly #knownFids: ReadonlySet<string>
  #capturedAtUs = 0

  constructor(dataset: VenueDataset) {
    this.#steps = Object.entries(dataset.columns).map(([name, column]) => stepOf(name, column, dataset))
    this.#exchangeTime = dataset.exchangeTime
      ? { fid: String(dataset.exchangeTime.fid), read: readerOf(dataset.exchangeTime, readExchangeTime) }
      : null
    this.#symbolFid = dataset.symbol ? String(dataset.symbol.fid) : null
    this.#knownFids = new Set(fidsOf(dataset).map(String))
  }

  /** Reads one item captured at `capturedAtUs`; total on any values. */
  read(values: RawValues, capturedAtUs: number): void {
    this.#capturedAtUs = capturedAtUs
    this.unreadable = null
    this.known = 0
    const time = this.#exchangeTime ? this.#value(values, this.#exchangeTime.fid, this.#exchangeTime.read) : null
    this.exchangeTime = typeof time === 'number' ? time : null
    const symbol = this.#symbolFid ? this.#value(values, this.#symbolFid, text => (isBlank(text) ? null : text)) : null
    this.symbolText = typeof symbol === 'string' ? symbol : null
    let out = ''
    for (const step of this.#steps) out += this.#member(step, values)
    this.columns = out
  }

  /** Names a FID whose text could not be read. */
  refuse(fid: string, raw: unknown): void {
    const text = typeof raw === 'string' ? raw : (JSON.stringify(raw) ?? String(raw))
    this.unreadable ??= {}
    this.unreadable[fid] = text.length > MAX_UNREADABLE_LENGTH ? `${text.slice(0, MAX_UNREADABLE_LENGTH)}…` : text
  }

  /** The FIDs of these values that the catalogue does not know. */
  unknownFids(values: RawValues): string[] {
    return Object.keys(values).filter(fid => !this.#knownFids.has(fid))
  }

  #member(step: Step, values: RawValues): string {
    if (step.take === 'ladder') return this.#ladder(step, values)
    if (step.take === 'side') return this.#side(step, values)
    const value = step.take === 'level' ? this.#quiet(values, step) : this.#value(values, step.fid, step.read)
    return value === null ? '' : typeof value === 'number' ? step.prefix + value : step.prefix + JSON.stringify(value)
  }

  #side(step: { readonly fid: string; readonly prefix: string }, values: RawValues): string {
    const raw = values[step.fid]
    const side = typeof raw === 'string' ? sideIn(raw) : null
    return side === null ? '' : `${step.prefix}"${side}"`
  }

  /** A second reading of a FID, which the first one counts and names. */
  #quiet(values: RawValues, step: { readonly fid: string; readonly read: Reader }): number | string | null {
    const raw = values[step.fid]
    const value = typeof raw === 'string' ? step.read(raw, this.#capturedAtUs) : null
    return value === UNREADABLE ? null : value
  }

  /** Shape always `rows × levels`, missing elements null; no column at all when no FID of it came. */
  #ladder(step: Extract<Step, { take: 'ladder' }>, values: RawValues): string {
    const before = this.known
    let out = ''
    for (const row of step.rows) {
      out += out === '' ? '[' : ',['
      let separator = ''
      for (const fid of row.fids) {
        out += separator + this.#value(values, fid, row.read)
        separator = ','
      }
      out += ']'
    }
    if (this.known === before) return ''
    return step.nested ? `${step.prefix}[${out}]` : step.prefix + out
  }

  #value(values: RawValues, fid: string, read: Reader): number | string | null {
    const raw = values[fid]
    if (raw === undefined) return null
    this.known++
    if (raw === null) return null
    const value: Value = typeof raw === 'string' ? read(raw, this.#capturedAtUs) : UNREADABLE
    if (value !== UNREADABLE) return value
    this.refuse(fid, raw)
    return null
  }
}

function stepOf(name: string, column: Column, dataset: VenueDataset): Step {
  const prefix = `,${JSON.stringify(name)}:`
  if (column.shape === 'field') return { take: 'value', fid: String(column.fid), prefix, read: readerOf(column) }
  if (column.shape === 'ladder')
    return { take: 'ladder', prefix, rows: column.rows.map((_, row) => ladderPlan(column, row)), nested: column.questType === 'DOUBLE[][]' }
  const fid = String(column.from.fid)
  return column.from.take === 'side' ? { take: 'side', fid, prefix } : { take: 'level', fid, prefix, read: levelReader(dataset, fid) }
}

function ladderPlan(ladder: Ladder, row: number): LadderPlan {
  const { firstFid, kind } = ladder.rows[row]!
  const fids = Array.from({ length: ladder.levels }, (_, level) => String(firstFid + level))
  return { fids, read: kind === 'price' ? readerOf({ kind, questType: 'DOUBLE' }, readLadderPrice) : readerOf({ kind, questType: 'LONG' }) }
}

function levelReader(dataset: VenueDataset, fid: string): Reader {
  for (const column of Object.values(dataset.columns)) {
    if (column.shape !== 'ladder') continue
    const plan = column.rows.map((_, row) => ladderPlan(column, row)).find(({ fids }) => fids.includes(fid))
    if (plan) return plan.read
  }
  throw new Error(`Expected a ladder of ${dataset.name} with FID ${fid}`)
}

/** Every FID of a dataset once, header fields first. */
export function fidsOf(dataset: VenueDataset): number[] {
  const header = [dataset.exchangeTime, dataset.symbol].flatMap((field: Field | undefined) => (field ? [field.fid] : []))
  return [...header, ...Object.values(dataset.columns).flatMap(columnFids)]
}

/** The FIDs that a column is made of; none for a derived one. */
export function columnFids(column: Column): number[] {
  if (column.shape === 'field') return [column.fid]
  if (column.shape === 'derived') return []
  return column.rows.flatMap(row => Array.from({ length: column.levels }, (_, level) => row.firstFid + level))
}
