import { admitted, entities, type Gap, type Instrument, type NormalizerCounts, SessionNormalizer } from '@tickhouse/catalogue'
import { beginning, type EntryBatch, type Position, type SessionHeader } from '@tickhouse/journal'
import type { DatasetCount, Parcel } from './outbox.ts'
import type { JournalPoint } from './publish-point.ts'
import type { PublishedRecords } from './published.ts'
import { isLarge, letterInstead } from './too-large.ts'

const topics = new Map(entities.map(({ name, topic }) => [name, topic.name]))

/** Hears of every record, of the gaps that frames show and the topics lack, and after every batch of what the session's normalizer met. */
export interface NormalizeObserver {
  received(dataset: string, session: string, timestampUs: number, instrument?: Instrument): void
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
  readonly #passedOver: ReadonlySet<string>
  #session = ''
  #position: Position = beginning
  #normalizer: SessionNormalizer | undefined

  constructor(start: JournalPoint, published: PublishedRecords, observer: NormalizeObserver, passedOver: ReadonlySet<string>) {
    this.#start = start
    this.#passedOver = passedOver
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
    if (batch.start.offset === 0) this.#push(normalizer.open(), parcel)
    for (const entry of batch.entries) {
      this.#push(normalizer.entry(admitted(entry, batch.start.segment)), parcel)
    }
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

  #push(produced: ReturnType<SessionNormalizer['entry']>, parcel: Parcel): void {
    for (const made of produced) {
      this.#observer.received(made.dataset, this.#session, made.timestamp, made.instrument)
      const { dataset, series, symbol, timestamp, seq, json, found } = isLarge(made) ? letterInstead(made, this.#session) : made
      const isPassedOver = this.#passedOver.has(dataset)
      count(isPassedOver ? parcel.passed : parcel.records, dataset, timestamp)
      if (!isPassedOver && this.#published.has(this.#session, dataset, series, seq)) continue
      if (found) this.#observer.found(found, this.#session, seq)
      if (isPassedOver) continue
      parcel.messages.push({ topic: topics.get(dataset) as string, key: symbol, value: json, timestampMs: Math.floor(timestamp / 1000) })
      // Counting makes one text of the many parts that a record is put together from, which take seven times as much while they wait.
      parcel.bytes += Buffer.byteLength(json)
    }
  }
}

function count(records: Map<string, DatasetCount>, dataset: string, timestamp: number): void {
  const counted = records.get(dataset)
  if (counted === undefined) {
    records.set(dataset, { count: 1, firstTimestamp: timestamp, lastTimestamp: timestamp })
    return
  }
  counted.count += 1
  counted.lastTimestamp = timestamp
}
