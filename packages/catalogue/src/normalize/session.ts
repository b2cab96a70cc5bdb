import type { VenueDataset } from '../dataset.ts'
import type { RecordHeader } from '../definitions.ts'
import { venueDatasets } from '../entities.ts'
import { OnePass } from '../one-pass/one-pass.ts'
import type { WrittenRecord } from '../one-pass/written-record.ts'
import { admitted, type StoredEntry } from './admission.ts'
import { maxReadBytes } from './bounds.ts'
import { type Instrument, readItem } from './instrument.ts'
import { ItemReader } from './item.ts'
import { type KnownItem, KnownItems } from './known-items.ts'
import { Numbering } from './numbering.ts'
import {
  closeColumns,
  type DeadLetterReason,
  deadLetterColumns,
  type Gap,
  gapColumns,
  isGap,
  missingVolume,
  noticeColumns,
  openColumns,
  type SessionIdentity,
} from './own-records.ts'
import { type ExchangeChanges, type Growth, RunningTotals, type RunningTotalsState } from './running-totals.ts'
import { FrameScanner } from './scan.ts'
import { isObject, parse, valuesOf } from './shape.ts'

/** One entry of the journal: a frame as received, or JSON of our own (`gap`: `Gap`, `close`: `{ reason }`, `notice`: `{ kind, code, text }`, `open` and `heartbeat`: anything). */
export interface NormalizerEntry {
  readonly kind: 'open' | 'frame' | 'gap' | 'close' | 'heartbeat' | 'notice'
  /** Capture time, µs since the epoch. */
  readonly timeUs: number
  readonly text: string
  /** Of a frame that is too large to be read, whose beginning `text` is: how many bytes it has. */
  readonly bytes?: number
  /** Where it stands in the journal, which dead letters name whose text is cut. */
  readonly segment?: number
  readonly offset?: number
}

/** A record ready for Kafka: `dataset` names the topic, `json` is the value, `symbol` the key, `timestamp` (µs) its time. */
export interface Produced {
  readonly dataset: string
  /** Whose numbering `seq` belongs to: the record's own dataset, or the one of the record that a dead letter stands for. */
  readonly series: string
  readonly symbol: string
  readonly timestamp: number
  readonly seq: number
  readonly json: string
  /** What a record of a market dataset is about: the same object for every record of an item, as far as items are remembered. */
  readonly instrument?: Instrument
  /** The gap that the record is, where it was found by comparing frames and stands in no entry. */
  readonly found?: Gap
}

/** Hears of the records of an entry, in order. */
export interface RecordTaker {
  /** A record that was written in one pass: valid, and its bytes to be had, until the call returns. */
  written(record: WrittenRecord): void
  /** A record that was made the long way. */
  produced(record: Produced): void
}

/** Where a session stands: enough to go on after any entry and produce the same bytes. */
export interface NormalizerState {
  readonly opened: boolean
  readonly lastTimestamp: number
  readonly seq: Readonly<Record<string, number>>
  /** Left out in states that were saved before totals were compared: then each item's next record is its first. */
  readonly running?: RunningTotalsState
}

/** What was met on the way, for metrics and one log line per kind of trouble. */
export interface NormalizerCounts {
  items: number
  deadLetters: number
  /** Items of types that are known and not ours, such as `02`. */
  tolerated: number
  /** Cumulative volumes that grew by less than the trade's volume, or fell, within a Korean date: corrections or older ticks. */
  volumeResets: number
  /** How cumulative volumes of combined items fitted where the exchange changed: the counter that tells whether they are the sum of both. */
  readonly exchangeChanges: Readonly<ExchangeChanges>
  /** `type/FID` → how often the catalogue did not know it; a key that is no FID stands as it came. */
  readonly unknownFids: Map<string, number>
  /** `type/FID` → how often its text could not be read. */
  readonly unreadable: Map<string, number>
}

/** `02` (condition search) comes on the same socket and is not captured. */
const TOLERATED_TYPES: ReadonlySet<string> = new Set(['02'])
/** A frame that is read could hold as many short items as it has bytes; the venue's hold some hundred. A frame with more than this becomes one dead letter. */
const MAX_ITEMS = 20_000
/** Frames with more characters are forgotten at once, in UTF-16 units. */
const LARGE_TEXT = 8 * 1024
/** Keeps the tables of symbols and of unknown FIDs bounded, whatever a frame holds. */
const MAX_REMEMBERED = 10_000
/** Under which all are counted that the full table has no room for. */
const OTHERS = '(others)'
const FEED = { symbol: '*', venue: '*' } as const

interface Plan {
  readonly type: string
  readonly dataset: string
  readonly items: string
  readonly reader: ItemReader
  readonly hasRunningTotal: boolean
}

/**
 * Turns the journal of one session into records: a pure function of the entries, total on any text.
 * A record, a dead letter with its reason, or (for tolerated types) nothing comes of every item; nothing is thrown.
 * `seq` counts 1, 2, 3 … per dataset, items of it that became dead letters included; `timestamp` is `max(captured, last + 1)`, so it rises strictly within the session.
 */
export class SessionNormalizer {
  readonly counts: NormalizerCounts
  readonly #identity: SessionIdentity
  readonly #scanner = new FrameScanner()
  readonly #plans: ReadonlyMap<string, Plan>
  readonly #items: KnownItems
  readonly #numbering: Numbering
  readonly #running: RunningTotals
  #onePass: OnePass | undefined
  #opened: boolean

  constructor(identity: SessionIdentity, state: NormalizerState = { opened: false, lastTimestamp: 0, seq: {} }) {
    this.#identity = identity
    this.#plans = new Map(venueDatasets.map(dataset => [dataset.type, planOf(dataset)]))
    this.#items = new KnownItems(identity.session)
    this.#numbering = new Numbering(state.lastTimestamp, state.seq)
    this.#running = new RunningTotals(state.running)
    this.counts = {
      items: 0,
      deadLetters: 0,
      tolerated: 0,
      volumeResets: 0,
      exchangeChanges: this.#running.changes,
      unknownFids: new Map(),
      unreadable: new Map(),
    }
    this.#opened = state.opened
  }

  /** Where the session stands after the entries so far. */
  state(): NormalizerState {
    const { lastTimestamp, seq } = this.#numbering
    return { opened: this.#opened, lastTimestamp, seq: Object.fromEntries(seq), running: this.#running.state() }
  }

  /** The record that opens the session; nothing when it was already made. */
  open(): Produced[] {
    if (this.#opened) return []
    this.#opened = true
    return [this.#own('feed_session', this.#identity.openedAtUs, openColumns(this.#identity))]
  }

  /** The records of one entry, in order. */
  entry(entry: NormalizerEntry): Produced[] {
    const produced = this.open()
    if (entry.kind === 'frame') this.#frame(entry, produced)
    else if (entry.kind === 'gap') produced.push(this.#gap(entry))
    else if (entry.kind === 'close') produced.push(this.#close(entry))
    else if (entry.kind === 'notice')
      produced.push(this.#own('feed_session', entry.timeUs, noticeColumns(this.#identity, parse(entry.text))))
    else if (entry.kind === 'heartbeat') produced.push(this.#own('feed_heartbeat', entry.timeUs, {}))
    return produced
  }

  /** The records of an entry of the journal: the very same as of `entry`, written in one pass where a frame has the venue's usual form. */
  take(stored: StoredEntry, segment: number, taker: RecordTaker): void {
    this.#onePass ??= new OnePass({ items: this.#items, numbering: this.#numbering })
    if (stored.kind === 'frame' && this.#onePass.scan(stored)) {
      for (const made of this.open()) taker.produced(made)
      this.#write(this.#onePass, stored, segment, taker)
    } else for (const made of this.entry(admitted(stored, segment))) taker.produced(made)
  }

  /** The items of a frame that was scanned; each that is not usual takes the long way. */
  #write(onePass: OnePass, stored: StoredEntry, segment: number, taker: RecordTaker): void {
    let long: LongWay | undefined
    for (let index = 0; index < onePass.itemCount; index++) {
      if (onePass.write(index, stored)) {
        this.#settle(onePass, stored.timeUs, taker)
        continue
      }
      long ??= longWay(admitted(stored, segment))
      const isScanned = long.isScanned ?? this.#scanner.scan(long.entry.text)
      long.isScanned = isScanned
      const produced: Produced[] = []
      if (isScanned) this.#scannedItem(index, long, produced)
      else this.#item(long.original(index), long.entry, produced)
      for (const made of produced) taker.produced(made)
    }
    if (long !== undefined && long.entry.text.length > LARGE_TEXT) this.#forgetTexts()
  }

  /** Takes note of a record that was written, hands it on, and says what was left out before it. */
  #settle(onePass: OnePass, timeUs: number, taker: RecordTaker): void {
    const { record, running, values } = onePass
    const plan = onePass.plan!
    this.counts.items++
    this.#numbering.give(record.dataset, record.timestamp, record.seq)
    for (let index = 0; index < values.unknownCount; index++) count(this.counts.unknownFids, `${plan.type}/${values.unknown[index]}`)
    const { timestamp, instrument } = record
    taker.written(record)
    if (plan.running === null) return
    const gap = this.#compare(plan.type, instrument.item, running, timeUs, timestamp)
    if (gap !== null) taker.produced(gap)
  }

  #frame(entry: NormalizerEntry, produced: Produced[]): void {
    if (entry.bytes !== undefined) produced.push(this.#tooLarge(entry, entry.bytes))
    else if (this.#scanner.scan(entry.text)) this.#scanned(entry, produced)
    else this.#parsed(entry, produced)
    if (entry.text.length > LARGE_TEXT) this.#forgetTexts()
  }

  /** The venue's usual form, without building an object. */
  #scanned(entry: NormalizerEntry, produced: Produced[]): void {
    if (this.#scanner.itemCount > MAX_ITEMS) return void produced.push(this.#tooManyItems(entry))
    const long = longWay(entry)
    for (let index = 0; index < this.#scanner.itemCount; index++) this.#scannedItem(index, long, produced)
  }

  /** One item of a frame that was scanned. */
  #scannedItem(index: number, { entry, original }: LongWay, produced: Produced[]): void {
    const { items, fids, texts } = this.#scanner
    const { type, item, from, to } = items[index]!
    const plan = type === undefined ? undefined : this.#plans.get(type)
    if (!plan) return void this.#item(original(index), entry, produced)
    this.counts.items++
    plan.reader.begin()
    for (let pair = from; pair < to; pair++) plan.reader.put(fids[pair]!, texts[pair])
    this.#finish(plan, item, entry, produced, () => original(index))
  }

  /** What scanner and readers hold of a frame keeps its text in memory until later frames take its place. */
  #forgetTexts(): void {
    this.#scanner.forget()
    for (const { reader } of this.#plans.values()) reader.begin()
  }

  /** Any other text. */
  #parsed(entry: NormalizerEntry, produced: Produced[]): void {
    const frame = parse(entry.text)
    if (frame === undefined) produced.push(this.#deadLetter(entry, 'not_json', 'Expected JSON', entry.text))
    else if (!isObject(frame) || frame['trnm'] !== 'REAL' || !Array.isArray(frame['data']))
      produced.push(this.#deadLetter(entry, 'wrong_shape', 'Expected {"trnm":"REAL","data":[…]}', entry.text))
    else if (frame['data'].length > MAX_ITEMS) produced.push(this.#tooManyItems(entry))
    else for (const item of frame['data']) this.#item(item, entry, produced)
  }

  #item(item: unknown, entry: NormalizerEntry, produced: Produced[]): void {
    this.counts.items++
    if (!isObject(item) || typeof item['type'] !== 'string')
      return void produced.push(this.#deadLetter(entry, 'wrong_shape', 'Expected an item {"type","item","values"}', item))
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
    if (!known) return void produced.push(this.#deadLetter(entry, 'bad_item', 'Expected the item that was registered', original(), plan))
    this.#account(plan)
    const record = this.#record(plan, known, entry.timeUs)
    produced.push(record)
    if (!plan.hasRunningTotal) return
    const gap = this.#compare(plan.type, item as string, plan.reader, entry.timeUs, record.timestamp)
    if (gap !== null) produced.push(gap)
  }

  #tooManyItems(entry: NormalizerEntry): Produced {
    return this.#deadLetter(entry, 'wrong_shape', `Expected at most ${MAX_ITEMS} items`, entry.text)
  }

  #tooLarge(entry: NormalizerEntry, bytes: number): Produced {
    return this.#deadLetter(entry, 'too_large', `Expected a frame of at most ${maxReadBytes} bytes, was ${bytes}`, entry.text)
  }

  #withoutValues(plan: Plan, item: Record<string, unknown>, entry: NormalizerEntry): Produced {
    if (plan.hasRunningTotal) this.#running.forget(item['item'] as string)
    return this.#deadLetter(entry, 'no_values', 'Expected values {"FID":"text"}', item, plan)
  }

  #unplanned(type: string, item: unknown, entry: NormalizerEntry, produced: Produced[]): void {
    if (TOLERATED_TYPES.has(type)) this.counts.tolerated++
    else produced.push(this.#deadLetter(entry, 'unknown_type', 'Expected one of the nineteen realtime types', item))
  }

  /** The gap of what was left out between an item's last record and this one; null where nothing was. */
  #compare(type: string, item: string, growth: Growth, timeUs: number, timestamp: number): Produced | null {
    const misfit = this.#running.next(item, growth, timestamp)
    if (misfit === null) return null
    if (misfit.surplus < 0) {
      this.counts.volumeResets++
      return null
    }
    const found = missingVolume(type, item, misfit, growth, timestamp)
    return { ...this.#own('feed_gap', timeUs, gapColumns(found)), found }
  }

  #record(plan: Plan, known: KnownItem, capturedAtUs: number): Produced {
    const { dataset, reader } = plan
    const { timestamp, seq } = this.#number(dataset, capturedAtUs)
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
    for (const fid of reader.unknownFids) count(this.counts.unknownFids, `${type}/${fid}`)
    if (reader.unreadable) for (const fid of Object.keys(reader.unreadable)) count(this.counts.unreadable, `${type}/${fid}`)
  }

  #gap(entry: NormalizerEntry): Produced {
    const gap = parse(entry.text)
    if (!isGap(gap)) return this.#deadLetter(entry, 'wrong_shape', 'Expected a gap {"from","to","reason"}', entry.text)
    return this.#own('feed_gap', entry.timeUs, gapColumns(gap))
  }

  #close(entry: NormalizerEntry): Produced {
    return this.#own('feed_session', entry.timeUs, closeColumns(this.#identity, parse(entry.text), this.#numbering.seq))
  }

  /** A dead letter; where the dataset is known it takes the number, and so the place, of the record that the item did not become. */
  #deadLetter(entry: NormalizerEntry, reason: DeadLetterReason, detail: string, raw: unknown, plan?: Plan): Produced {
    this.counts.deadLetters++
    return this.#own('dead_letter', entry.timeUs, deadLetterColumns({ reason, detail, raw, plan, entry }), plan?.dataset)
  }

  /** A record about the feed itself; members that are undefined are left out. */
  #own(dataset: string, capturedAtUs: number, columns: Readonly<Record<string, unknown>>, series = dataset): Produced {
    const { timestamp, seq } = this.#number(series, capturedAtUs)
    const header: RecordHeader = { timestamp, ...FEED, session: this.#identity.session, seq }
    return { dataset, series, symbol: FEED.symbol, timestamp, seq, json: JSON.stringify({ ...header, ...columns }) }
  }

  #number(series: string, capturedAtUs: number): { readonly timestamp: number; readonly seq: number } {
    const timestamp = this.#numbering.nextTimestamp(capturedAtUs)
    const seq = this.#numbering.nextSeq(series)
    this.#numbering.give(series, timestamp, seq)
    return { timestamp, seq }
  }
}

/** An entry on the long way. */
interface LongWay {
  readonly entry: NormalizerEntry
  /** An item of it as JSON.parse has it; the text is parsed once. */
  readonly original: (index: number) => unknown
  /** Whether the scanner understands its text; undefined before that was tried. */
  isScanned: boolean | undefined
}

function longWay(entry: NormalizerEntry): LongWay {
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

function count(counts: Map<string, number>, key: string): void {
  const name = counts.has(key) || counts.size < MAX_REMEMBERED ? key : OTHERS
  counts.set(name, (counts.get(name) ?? 0) + 1)
}
