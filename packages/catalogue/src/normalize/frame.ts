import type { VenueDataset } from '../dataset.ts'
import { venueDatasets } from '../entities.ts'
import { maxReadBytes } from './bounds.ts'
import type { NormalizerEntry } from './entry.ts'
import { ItemReader } from './item.ts'
import type { KnownItem, KnownItems } from './known-items.ts'
import { readItem } from './known-items.ts'
import type { Numbering } from './numbering.ts'
import { type DeadLetterReason, deadLetterColumns, gapColumns, missingVolume } from './own-records.ts'
import { type NormalizerCounts, ownRecord, type Produced } from './produced.ts'
import type { Growth, RunningTotals } from './running-totals.ts'
import { FrameScanner } from './scan.ts'
import { isObject, parse, valuesOf } from './shape.ts'

/** `02` (condition search) comes on the same socket and is not captured. */
const TOLERATED_TYPES: ReadonlySet<string> = new Set(['02'])
/** A frame that is read could hold as many short items as it has bytes; the venue's hold some hundred. A frame with more than this becomes one dead letter. */
const MAX_ITEMS = 20_000
/** Frames with more characters are forgotten at once, in UTF-16 units. */
export const LARGE_TEXT = 8 * 1024
/** Keeps the tables of symbols and of unknown FIDs bounded, whatever a frame holds. */
const MAX_REMEMBERED = 10_000
/** Under which all are counted that the full table has no room for. */
const OTHERS = '(others)'

interface Plan {
  readonly type: string
  readonly dataset: string
  readonly items: string
  readonly reader: ItemReader
  readonly hasRunningTotal: boolean
}

/** What frames are normalized with: all of it belongs to one session. */
export interface FrameDeps {
  readonly session: string
  readonly items: KnownItems
  readonly numbering: Numbering
  readonly running: RunningTotals
  readonly counts: NormalizerCounts
}

/** Turns the items of frames into records: each becomes a record or a dead letter, or nothing where its type is tolerated. Nothing is thrown. */
export class FrameNormalizer {
  readonly #session: string
  readonly #items: KnownItems
  readonly #numbering: Numbering
  readonly #running: RunningTotals
  readonly #counts: NormalizerCounts
  readonly #scanner = new FrameScanner()
  readonly #plans: ReadonlyMap<string, Plan> = new Map(venueDatasets.map(dataset => [dataset.type, planOf(dataset)]))

  constructor({ session, items, numbering, running, counts }: FrameDeps) {
    this.#session = session
    this.#items = items
    this.#numbering = numbering
    this.#running = running
    this.#counts = counts
  }

  /** The records of a frame, in order. */
  frame(entry: NormalizerEntry, produced: Produced[]): void {
    if (entry.bytes !== undefined) produced.push(this.#tooLarge(entry, entry.bytes))
    else if (this.#scanner.scan(entry.text)) this.#scanned(entry, produced)
    else this.#parsed(entry, produced)
    if (entry.text.length > LARGE_TEXT) this.forgetTexts()
  }

  /** The venue's usual form, without building an object. */
  #scanned(entry: NormalizerEntry, produced: Produced[]): void {
    if (this.#scanner.itemCount > MAX_ITEMS) return void produced.push(this.#tooManyItems(entry))
    const long = longWay(entry)
    for (let index = 0; index < this.#scanner.itemCount; index++) this.#scannedItem(index, long, produced)
  }

  /** One item of a frame of the usual form. */
  itemAt(index: number, long: LongWay, produced: Produced[]): void {
    const isScanned = long.isScanned ?? this.#scanner.scan(long.entry.text)
    long.isScanned = isScanned
    if (isScanned) this.#scannedItem(index, long, produced)
    else this.#item(long.original(index), long.entry, produced)
  }

  /** One item of a frame that was scanned. */
  #scannedItem(index: number, { entry, original }: LongWay, produced: Produced[]): void {
    const { items, fids, texts } = this.#scanner
    const { type, item, from, to } = items[index]!
    const plan = type === undefined ? undefined : this.#plans.get(type)
    if (!plan) return void this.#item(original(index), entry, produced)
    this.#counts.items++
    plan.reader.begin()
    for (let pair = from; pair < to; pair++) plan.reader.put(fids[pair]!, texts[pair])
    this.#finish(plan, item, entry, produced, () => original(index))
  }

  /** What scanner and readers hold of a frame keeps its text in memory until later frames take its place. */
  forgetTexts(): void {
    this.#scanner.forget()
    for (const { reader } of this.#plans.values()) reader.begin()
  }

  /** Any other text. */
  #parsed(entry: NormalizerEntry, produced: Produced[]): void {
    const frame = parse(entry.text)
    if (frame === undefined) produced.push(this.deadLetter(entry, 'not_json', 'Expected JSON', entry.text))
    else if (!isObject(frame) || frame['trnm'] !== 'REAL' || !Array.isArray(frame['data']))
      produced.push(this.deadLetter(entry, 'wrong_shape', 'Expected {"trnm":"REAL","data":[…]}', entry.text))
    else if (frame['data'].length > MAX_ITEMS) produced.push(this.#tooManyItems(entry))
    else for (const item of frame['data']) this.#item(item, entry, produced)
  }

  #item(item: unknown, entry: NormalizerEntry, produced: Produced[]): void {
    this.#counts.items++
    if (!isObject(item) || typeof item['type'] !== 'string')
      return void produced.push(this.deadLetter(entry, 'wrong_shape', 'Expected an item {"type","item","values"}', item))
    const plan = this.#plans.get(item['type'])
    if (!plan) return void this.#unplanned(item['type'], item, entry, produced)
    const values = valuesOf(item['values'])
    if (!values) return void produced.push(this.#withoutValues(plan, item, entry))
    plan.reader.begin()
    for (const key of Object.keys(values)) plan.reader.putByKey(key, values[key])
    this.#finish(plan, item['item'], entry, produced, () => item)
  }

  #finish(plan: Plan, item: unknown, entry: NormalizerEntry, produced: Produced[], original: () => unknown): void {
    plan.reader.finish(entry.timeUs)
    const known = this.#instrument(plan, item)
    if (!known) return void produced.push(this.deadLetter(entry, 'bad_item', 'Expected the item that was registered', original(), plan))
    this.#account(plan)
    const record = this.#record(plan, known, entry.timeUs)
    produced.push(record)
    if (!plan.hasRunningTotal) return
    const gap = this.compare(plan.type, item as string, plan.reader, entry.timeUs, record.timestamp)
    if (gap !== null) produced.push(gap)
  }

  #tooManyItems(entry: NormalizerEntry): Produced {
    return this.deadLetter(entry, 'wrong_shape', `Expected at most ${MAX_ITEMS} items`, entry.text)
  }

  #tooLarge(entry: NormalizerEntry, bytes: number): Produced {
    return this.deadLetter(entry, 'too_large', `Expected a frame of at most ${maxReadBytes} bytes, was ${bytes}`, entry.text)
  }

  #withoutValues(plan: Plan, item: Record<string, unknown>, entry: NormalizerEntry): Produced {
    if (plan.hasRunningTotal) this.#running.forget(item['item'] as string)
    return this.deadLetter(entry, 'no_values', 'Expected values {"FID":"text"}', item, plan)
  }

  #unplanned(type: string, item: unknown, entry: NormalizerEntry, produced: Produced[]): void {
    if (TOLERATED_TYPES.has(type)) this.#counts.tolerated++
    else produced.push(this.deadLetter(entry, 'unknown_type', 'Expected one of the nineteen realtime types', item))
  }

  /** The gap of what was left out between an item's last record and this one; null where nothing was. */
  compare(type: string, item: string, growth: Growth, timeUs: number, timestamp: number): Produced | null {
    const misfit = this.#running.next(item, growth, timestamp)
    if (misfit === null) return null
    if (misfit.surplus < 0) {
      this.#counts.volumeResets++
      return null
    }
    const found = missingVolume(type, item, misfit, growth, timestamp)
    return { ...this.#own('feed_gap', timeUs, gapColumns(found)), found }
  }

  #record(plan: Plan, known: KnownItem, capturedAtUs: number): Produced {
    const { dataset, reader } = plan
    const { timestamp, seq } = this.#numbering.next(dataset, capturedAtUs)
    let json = `{"timestamp":${timestamp}${known.middle}${seq}`
    if (reader.exchangeTime !== null) json += `,"exchange_time":${reader.exchangeTime}`
    json += reader.columns
    if (reader.unreadable) json += `,"unreadable":${JSON.stringify(reader.unreadable)}`
    return { dataset, series: dataset, symbol: known.symbol, timestamp, seq, json: `${json}}`, instrument: known }
  }

  /** Who the record is about: the item, or the FID that repeats it where the item is empty. */
  #instrument(plan: Plan, item: unknown): KnownItem | null {
    const { reader } = plan
    const named = reader.symbolText === null ? null : readItem(reader.symbolText)
    const registered = this.#items.of(item)
    if (item === '' && plan.items !== 'market') return named && this.#items.of(reader.symbolText)
    if (item === '' && named) return this.#items.of(reader.symbolText)
    if (registered && reader.symbolText !== null && named?.symbol !== registered.symbol) reader.refuseSymbol()
    return registered
  }

  /** Counts what the catalogue does not know and what could not be read. */
  #account({ type, reader }: Plan): void {
    for (const fid of reader.unknownFids) countKey(this.#counts.unknownFids, `${type}/${fid}`)
    if (reader.unreadable) for (const fid of Object.keys(reader.unreadable)) countKey(this.#counts.unreadable, `${type}/${fid}`)
  }

  /** A dead letter; where the dataset is known it takes the number, and so the place, of the record that the item did not become. */
  deadLetter(entry: NormalizerEntry, reason: DeadLetterReason, detail: string, raw: unknown, plan?: Plan): Produced {
    this.#counts.deadLetters++
    return this.#own('dead_letter', entry.timeUs, deadLetterColumns({ reason, detail, raw, plan, entry }), plan?.dataset)
  }

  #own(dataset: string, capturedAtUs: number, columns: Readonly<Record<string, unknown>>, series?: string): Produced {
    return ownRecord({ session: this.#session, numbering: this.#numbering, dataset, series }, capturedAtUs, columns)
  }
}

/** A frame whose items are read one by one, with an object for each. */
export interface LongWay {
  readonly entry: NormalizerEntry
  /** An item of it as JSON.parse has it; the text is parsed once. */
  readonly original: (index: number) => unknown
  /** Whether the scanner understands its text; undefined before that was tried. */
  isScanned: boolean | undefined
}

export function longWay(entry: NormalizerEntry): LongWay {
  let parsed: unknown[] | undefined
  const original = (index: number): unknown => {
    parsed ??= JSON.parse(entry.text).data as unknown[]
    return parsed[index]
  }
  return { entry, original, isScanned: undefined }
}

function planOf(dataset: VenueDataset): Plan {
  const { type, name, items, runningTotal } = dataset
  return { type, dataset: name, items, reader: new ItemReader(dataset), hasRunningTotal: runningTotal !== undefined }
}

export function countKey(counts: Map<string, number>, key: string): void {
  const name = counts.has(key) || counts.size < MAX_REMEMBERED ? key : OTHERS
  counts.set(name, (counts.get(name) ?? 0) + 1)
}
