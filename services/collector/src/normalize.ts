import {
  entities,
  entityIndex,
  type Gap,
  type Instrument,
  type NormalizerCounts,
  type Produced,
  SessionNormalizer,
  type WrittenRecord,
} from '@tickhouse/catalogue'
import { beginning, type EntryBatch, type Position, type SessionHeader } from '@tickhouse/journal'
import { emptyParcel, type Parcel } from './outbox.ts'
import type { JournalPoint } from './publish-point.ts'
import type { PublishedRecords } from './published.ts'
import { isLarge, letterInstead } from './too-large.ts'

/** By the place of the dataset among `entities`. */
const topics = entities.map(({ topic }) => topic.name)

/** Hears of every record, of the gaps that frames show and the topics lack, and after every batch of what the session's normalizer met. */
export interface NormalizeObserver {
  /** `entity` is the place of the record's dataset among `entities`. */
  received(entity: number, session: string, timestampUs: number, instrument?: Instrument): void
  found(gap: Gap, session: string, seq: number): void
  normalized(session: string, counts: NormalizerCounts): void
}

/** For whoever goes over a stretch that was heard of before. */
export const hearsNothing: NormalizeObserver = { received: () => {}, found: () => {}, normalized: () => {} }

/**
 * Turns batches of the journal into messages for Kafka: a pure function of the journal. The numbers of a session go on from one batch to the next;
 * records that are in the topics already, and those of datasets that are passed over, get their number and are left out.
 */
export class BatchNormalizer {
  readonly #published: PublishedRecords
  readonly #observer: NormalizeObserver
  readonly #start: JournalPoint
  /** By the place of the dataset among `entities`. */
  readonly #passedOver: readonly boolean[]
  readonly #taker = {
    written: (record: WrittenRecord) => this.#written(record),
    produced: (record: Produced) => this.#produced(record),
  }
  #session = ''
  #position: Position = beginning
  #normalizer: SessionNormalizer | undefined
  #parcel = emptyParcel()
  /** Whether something of the batch may be in the topics already. */
  #isDoubtful = true

  constructor(start: JournalPoint, published: PublishedRecords, observer: NormalizeObserver, passedOver: ReadonlySet<string>) {
    this.#start = start
    this.#passedOver = entities.map(({ name }) => passedOver.has(name))
    this.#published = published
    this.#observer = observer
  }

  /** How far the batches reach that were added so far; there must have been one. */
  get point(): JournalPoint {
    return { position: this.#position, session: this.#session, state: this.#normalizer!.state() }
  }

  /** Adds what comes of a batch to the parcel. */
  add(batch: EntryBatch, parcel: Parcel): void {
    const normalizer = this.#of(batch.header)
    const { segment, offset } = batch.start
    this.#parcel = parcel
    this.#isDoubtful = this.#published.mayHold(batch.start)
    if (offset === 0) for (const record of normalizer.open()) this.#produced(record)
    for (const entry of batch.entries) normalizer.take(entry, segment, this.#taker)
    this.#observer.normalized(this.#session, normalizer.counts)
    this.#position = batch.end
  }

  #of(header: SessionHeader): SessionNormalizer {
    if (this.#normalizer !== undefined && this.#session === header.session) return this.#normalizer
    const state = this.#start.session === header.session ? this.#start.state : undefined
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
    const { dataset, series, symbol, timestamp, seq, json, found } = isLarge(made) ? letterInstead(made, this.#session) : made
    const entity = entityIndex.get(dataset)!
    const isWanted = this.#counted(entity, timestamp)
    if (isWanted && this.#isDoubtful && this.#published.has(this.#session, dataset, series, seq)) return
    if (found) this.#observer.found(found, this.#session, seq)
    if (isWanted) this.#send(entity, symbol, Buffer.from(json), timestamp)
  }

  /** Counts a record; false where its dataset is passed over. */
  #counted(entity: number, timestamp: number): boolean {
    const isPassedOver = this.#passedOver[entity]!
    const counts = isPassedOver ? this.#parcel.passed : this.#parcel.records
    counts.add(entity, timestamp)
    return !isPassedOver
  }

  #send(entity: number, key: string, value: Buffer, timestamp: number): void {
    this.#parcel.messages.push({ topic: topics[entity]!, key, value, timestampMs: Math.floor(timestamp / 1000) })
    this.#parcel.bytes += value.length
  }
}
