import {
  entities,
  entityIndex,
  type Gap,
  type Instrument,
  type NormalizerCounts,
  type Produced,
  publishedAs,
  SessionNormalizer,
  type WrittenRecord,
} from '@tickhouse/catalogue'
import { beginning, type EntryBatch, type Position, type SessionHeader } from '@tickhouse/journal'
import { type Batch, countEntries, emptyBatch, type Reach } from './batch.ts'
import type { JournalPoint } from './publish-point.ts'
import type { PublishedRecords } from './published.ts'
import type { JournalStretch } from './stretches.ts'

/** By the place of the dataset among `entities`. */
const topics = entities.map(({ topic }) => topic.name)

/** Hears of every record, of the gaps that frames show and the topics lack, and after every piece of what the session's normalizer met. */
export interface NormalizeObserver {
  /** `entity` is the place of the record's dataset among `entities`. */
  received(entity: number, session: string, timestampUs: number, instrument?: Instrument): void
  found(gap: Gap, session: string, seq: number): void
  normalized(session: string, counts: NormalizerCounts): void
}

/** For a stretch that was heard of before. */
const hearsNothing: NormalizeObserver = { received: () => {}, found: () => {}, normalized: () => {} }

/**
 * Turns the pieces of a stretch of the journal into messages for Kafka: a pure function of the journal. The numbers of a session go on from one piece to the next;
 * records that are in the topics already, and those of datasets that are passed over, get their number and are left out.
 */
export class StretchNormalizer {
  readonly #published: PublishedRecords
  readonly #observer: NormalizeObserver
  readonly #stretch: JournalStretch
  /** By the place of the dataset among `entities`. */
  readonly #passedOver: readonly boolean[]
  readonly #taker = {
    written: (record: WrittenRecord) => this.#written(record),
    produced: (record: Produced) => this.#produced(record),
  }
  #session = ''
  #position: Position = beginning
  #normalizer: SessionNormalizer | undefined
  #batch = emptyBatch()
  /** Whether something of the piece may be in the topics already. */
  #isDoubtful = true

  constructor(stretch: JournalStretch, published: PublishedRecords, observer: NormalizeObserver) {
    this.#stretch = stretch
    this.#passedOver = entities.map(({ name }) => stretch.passedOver.has(name))
    this.#published = published
    this.#observer = this.#isFront ? observer : hearsNothing
  }

  /** How far the pieces reach that were added so far; there must have been one. */
  readonly reach = (): Reach => ({ point: this.#point, isFront: this.#isFront, late: this.#stretch.late })

  /** Adds what comes of a piece to the batch. */
  add(piece: EntryBatch, batch: Batch): void {
    const normalizer = this.#of(piece.header)
    const { segment, offset } = piece.start
    this.#batch = batch
    this.#isDoubtful = this.#published.mayHold(piece.start)
    if (offset === 0) for (const record of normalizer.open()) this.#produced(record)
    for (const entry of piece.entries) normalizer.take(entry, segment, this.#taker)
    this.#observer.normalized(this.#session, normalizer.counts)
    this.#position = piece.end
    if (this.#isFront) countEntries(batch, piece.entries)
  }

  get #isFront(): boolean {
    return this.#stretch.to === undefined
  }

  get #point(): JournalPoint {
    return { position: this.#position, session: this.#session, state: this.#normalizer!.state() }
  }

  #of(header: SessionHeader): SessionNormalizer {
    if (this.#normalizer !== undefined && this.#session === header.session) return this.#normalizer
    const { from } = this.#stretch
    const state = from.session === header.session ? from.state : undefined
    this.#session = header.session
    this.#normalizer = new SessionNormalizer(header, state)
    return this.#normalizer
  }

  /** A record that was written in one pass: it is no gap, and none of these is too large. */
  #written(record: WrittenRecord): void {
    const { entity, dataset, timestamp, seq, instrument } = record
    this.#observer.received(entity, this.#session, timestamp, instrument)
    if (!this.#counted(entity, timestamp)) return
    if (this.#isDoubtful && this.#published.has(this.#session, dataset, dataset, seq)) return
    this.#send(entity, instrument.symbol, record.keep(), timestamp)
  }

  #produced(made: Produced): void {
    this.#observer.received(entityIndex.get(made.dataset)!, this.#session, made.timestamp, made.instrument)
    const { dataset, series, symbol, timestamp, seq, json, found } = publishedAs(made, this.#session)
    const entity = entityIndex.get(dataset)!
    const isWanted = this.#counted(entity, timestamp)
    if (isWanted && this.#isDoubtful && this.#published.has(this.#session, dataset, series, seq)) return
    if (found) this.#observer.found(found, this.#session, seq)
    if (isWanted) this.#send(entity, symbol, Buffer.from(json), timestamp)
  }

  /** Counts a record; false where its dataset is passed over. */
  #counted(entity: number, timestamp: number): boolean {
    const isPassedOver = this.#passedOver[entity]!
    const counts = isPassedOver ? this.#batch.passed : this.#batch.records
    counts.add(entity, timestamp)
    return !isPassedOver
  }

  #send(entity: number, key: string, value: Buffer, timestamp: number): void {
    this.#batch.messages.push({ topic: topics[entity]!, key, value, timestampMs: Math.floor(timestamp / 1000) })
    this.#batch.bytes += value.length
  }
}
