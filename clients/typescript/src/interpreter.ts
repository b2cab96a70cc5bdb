import { type DatasetName, datasetNames, datasetOfTopic, decode } from './decode.ts'
import type { JumpEvent, Place, ReaderEvent } from './events.ts'
import { type DeadLetter, type FeedGap, type FeedHeartbeat, type FeedSession, type RecordTypes, schemas } from './generated/records.ts'
import { type Jump, TopicNumbers } from './numbers/topic-numbers.ts'
import type { PartitionBegin } from './reader/position.ts'

/** One message of a topic, as a client of Kafka gives it. */
export interface TopicMessage {
  readonly offset: string
  readonly value: Uint8Array | null
}

/** What is asked of the topics. */
export interface Wanted<D extends DatasetName> {
  readonly datasets: readonly D[]
  /** Only records of these; all without. */
  readonly symbols?: readonly string[] | undefined
  /** Only records captured then or later, µs. */
  readonly sinceUs?: number | undefined
  /** Whether dead letters are read, which explain jumps. */
  readonly readsDeadLetters: boolean
}

/** Dataset → session → its highest number. */
export type Marks<D extends DatasetName = DatasetName> = ReadonlyMap<D, ReadonlyMap<string, number>>

/** Makes events of messages: pure, so it is the same over any client of Kafka. */
export class Interpreter<D extends DatasetName> {
  /** Session → time of its newest heartbeat, µs. */
  readonly heartbeats = new Map<string, number>()
  readonly #wanted: Wanted<D>
  readonly #isWanted: ReadonlySet<DatasetName>
  readonly #symbols: ReadonlySet<string> | undefined
  readonly #numbers = new Map<DatasetName, TopicNumbers>()

  constructor(wanted: Wanted<D>) {
    this.#wanted = wanted
    this.#isWanted = new Set(wanted.datasets)
    this.#symbols = wanted.symbols && new Set(wanted.symbols)
  }

  /** Repeats that were dropped so far. */
  get repeats(): number {
    return [...this.#numbers.values()].reduce((sum, { repeats }) => sum + repeats, 0)
  }

  /** To be called for each topic before its messages; without `begins` somebody else may read a part of it, and it is not searched for jumps. */
  begin(topic: string, begins: readonly PartitionBegin[] | undefined): void {
    const offsets: (number | undefined)[] = [undefined]
    for (const { partition, readAt } of begins ?? []) offsets[partition] = readAt
    this.#numbers.set(datasetOfTopic(topic), new TopicNumbers(offsets))
  }

  /** What a message tells: mostly one event or none. One before `tellAt` tells nothing, and is remembered. */
  take(topic: string, partition: number, { offset, value }: TopicMessage, tellAt: number): ReaderEvent<D> | undefined {
    const place = { topic, partition, offset: Number(offset) }
    const dataset = datasetOfTopic(topic)
    let record: RecordTypes[DatasetName]
    try {
      record = decode(dataset, value)
    } catch (error) {
      return place.offset < tellAt ? undefined : { kind: 'unreadable', error: error as Error, value, place }
    }
    if (!this.#numbers.get(dataset)!.take(partition, numberOf(dataset, record))) return undefined
    this.#learn(dataset, record)
    return place.offset < tellAt ? undefined : this.#eventOf(dataset, record, place)
  }

  /** The highest numbers so far, to be given to `judge` once everything that was published by now has been read. */
  marks(): Marks<D> {
    const ofVenue = this.#wanted.datasets.filter(dataset => schemas[dataset].type !== null)
    return new Map(ofVenue.map(dataset => [dataset, this.#numbers.get(dataset)!.marks()]))
  }

  /** The jumps below the marks that were not told before. */
  judge(marks: Marks<D>): JumpEvent[] {
    return [...marks].flatMap(([dataset, ofSessions]) =>
      this.#numbers
        .get(dataset)!
        .judge(ofSessions)
        .map(jump => jumpEvent(dataset, jump, this.#wanted.readsDeadLetters)),
    )
  }

  #learn(dataset: DatasetName, record: RecordTypes[DatasetName]): void {
    if (dataset === 'feed_heartbeat') return void this.heartbeats.set(record.session, (record as FeedHeartbeat).timestamp)
    if (dataset === 'feed_session' && (record as FeedSession).event === 'close') return void this.heartbeats.delete(record.session)
    if (dataset !== 'dead_letter') return
    const { dataset: concerned, session, seq } = record as DeadLetter
    this.#numbers.get(concerned as DatasetName)?.explain(session, seq)
  }

  #eventOf(dataset: DatasetName, record: RecordTypes[DatasetName], place: Place): ReaderEvent<D> | undefined {
    if (this.#isWanted.has(dataset))
      return this.#passes(record) ? ({ kind: 'record', dataset, record, place } as ReaderEvent<D>) : undefined
    if (dataset === 'feed_session') return { kind: 'session', session: record as FeedSession, place }
    if (dataset !== 'feed_gap') return undefined
    const gap = record as FeedGap
    const datasets = this.#concernedBy(gap)
    return datasets.length === 0 ? undefined : { kind: 'gap', gap, datasets, place }
  }

  #passes({ symbol, timestamp }: RecordTypes[DatasetName]): boolean {
    return (this.#symbols?.has(symbol) ?? true) && timestamp >= (this.#wanted.sinceUs ?? 0)
  }

  #concernedBy({ types }: FeedGap): D[] {
    const codes = types === undefined ? undefined : new Set(types.split(','))
    return this.#wanted.datasets.filter(dataset => codes === undefined || codes.has(schemas[dataset].type ?? ''))
  }
}

/** The topics that are read for these datasets: theirs, and those that say what the capture knows of itself. */
export function topicsFor(datasets: readonly DatasetName[]): string[] {
  const own = datasetNames.filter(dataset => schemas[dataset].type === null)
  return [...new Set([...datasets, ...own])].map(dataset => schemas[dataset].topic)
}

/** What tells one record of a topic from another. Numbers of dead letters are those of the dataset that they stand for. */
function numberOf(dataset: DatasetName, record: RecordTypes[DatasetName]): { session: string; seq: number; timestamp: number } {
  const { session, seq, timestamp } = record
  if (dataset !== 'dead_letter') return { session, seq, timestamp }
  const { stage, dataset: concerned } = record as DeadLetter
  return { session: `${session}/${concerned}/${stage}`, seq, timestamp }
}

function jumpEvent(dataset: DatasetName, { session, range: [from, to], isExplained }: Jump, readsDeadLetters: boolean): JumpEvent {
  const because = isExplained ? 'dead_letter' : readsDeadLetters ? 'missing' : 'unknown'
  return { kind: 'jump', dataset, session, from, to, because }
}
