import { randomUUID } from 'node:crypto'
import type { Admin, EachBatchPayload, Kafka, KafkaConfig } from 'kafkajs'
import { Consumption } from './consumption.ts'
import { type DatasetName, datasetNamed } from './decode.ts'
import type { JumpEvent, LostEvent, ReaderEvent } from './events.ts'
import { schemas } from './generated/records.ts'
import { Handoff } from './handoff.ts'
import { Interpreter, topicsFor } from './interpreter.ts'
import { asking, beginGroup, clientFor, endsOf, isForbidden } from './kafka.ts'
import { beginsOf, checkedPosition, type From, type PartitionBegin, type PartitionEnds, type Position } from './position.ts'

/** What to read, and from where. */
export interface ReaderOptions<D extends DatasetName = DatasetName> {
  /** Where Kafka is and how to get in, as kafkajs has it: `{ brokers: ['127.0.0.1:9092'] }`. */
  readonly kafka: KafkaConfig
  readonly datasets: readonly D[]
  /** Only records of these symbols. */
  readonly symbols?: readonly string[]
  /** `latest` by default. In a group it counts for what the group has committed nothing of. */
  readonly from?: From
  /** Joins a consumer group, which then keeps the position and shares the partitions out. Without, this reader reads all of them. */
  readonly group?: string
  /** How many records of each partition are read before the first one that is told, to know repeats of them. */
  readonly lookBack?: number
  /** How long later numbers must have been there before a missing one is told as a jump. */
  readonly settleMs?: number
  /** Hears what broke and mends itself: a connection, a broker that is away. */
  readonly onTrouble?: (error: Error) => void
}

/** Where the reader is in a partition. */
interface Place {
  /** The offset of the next record to read. */
  next: number
  /** Records before this offset were told in an earlier life. */
  tellAt: number
}

/** Events with the place behind them. */
interface Told<D extends DatasetName> {
  readonly events: readonly ReaderEvent<D>[]
  readonly behind?: { readonly topic: string; readonly partition: number; readonly next: number }
}

/** Ends of all topics that must be read before marks are judged. */
interface Check<D extends DatasetName> {
  readonly marks: ReadonlyMap<D, ReadonlyMap<string, number>>
  readonly ends: ReadonlyMap<string, readonly PartitionEnds[]>
}

const defaults = { lookBack: 10_000, settleMs: 60_000 }

/**
 * Begins to read. Rejects when Kafka cannot be reached, refuses the login, or has no such topic; whatever breaks later is mended by itself, and told to
 * `onTrouble`.
 */
export async function openReader<const D extends DatasetName>(options: ReaderOptions<D>): Promise<RecordReader<D>> {
  options.datasets.forEach(datasetNamed)
  const kafka = clientFor(options.kafka)
  const begins = await asking(kafka, async admin => {
    const found = new Map<string, PartitionBegin[]>()
    for (const topic of topicsFor(options.datasets)) {
      const begin = await beginsIn(admin, topic, options).catch(error => {
        // Dead letters are for operators. Without them a jump cannot be explained, and says so.
        if (topic === schemas.dead_letter.topic && isForbidden(error)) return undefined
        throw error
      })
      if (begin !== undefined) found.set(topic, begin)
    }
    if (options.group !== undefined) await beginGroup(kafka, admin, options.group, found)
    return found
  })
  return new RecordReader(kafka, begins, options)
}

async function beginsIn(admin: Admin, topic: string, options: ReaderOptions): Promise<PartitionBegin[]> {
  const { from = 'latest', group, lookBack = defaults.lookBack } = options
  const begin = typeof from === 'string' || from instanceof Date ? from : checkedPosition(from)
  const atTime = begin instanceof Date ? await admin.fetchTopicOffsetsByTimestamp(topic, begin.getTime()) : []
  const byPartition = new Map(atTime.map(({ partition, offset }) => [partition, Number(offset)]))
  return beginsOf(topic, await endsOf(admin, topic), begin, byPartition, group === undefined ? lookBack : 0)
}

/**
 * Reads topics, and tells each record once, with what the capture knows to be missing. Iterate over it, or over `batches()`; leaving the loop closes it.
 * Reading waits for the loop, so nothing piles up.
 */
export class RecordReader<D extends DatasetName = DatasetName> implements AsyncIterable<ReaderEvent<D>>, AsyncDisposable {
  readonly #kafka: Kafka
  readonly #isMember: boolean
  readonly #begins: ReadonlyMap<string, readonly PartitionBegin[]>
  readonly #interpreter: Interpreter<D>
  readonly #consumption: Consumption
  readonly #handoff = new Handoff<Told<D>>()
  readonly #trouble: (error: Error) => void
  readonly #places = new Map<string, Place>()
  readonly #position: Record<string, Record<string, number>> = {}
  readonly #settling: NodeJS.Timeout
  #marks: Check<D>['marks'] | undefined
  #check: Check<D> | undefined

  /** Use `openReader`. */
  constructor(kafka: Kafka, begins: ReadonlyMap<string, readonly PartitionBegin[]>, options: ReaderOptions<D>) {
    const { datasets, symbols, from, group, onTrouble = () => {}, settleMs = defaults.settleMs } = options
    const topics = [...begins.keys()]
    this.#kafka = kafka
    this.#isMember = group !== undefined
    this.#begins = begins
    this.#trouble = onTrouble
    this.#interpreter = new Interpreter({
      ...{ datasets, symbols, readsDeadLetters: begins.has(schemas.dead_letter.topic) },
      sinceUs: from instanceof Date ? from.getTime() * 1000 : undefined,
    })
    for (const [topic, ofTopic] of begins) {
      this.#interpreter.begin(topic, this.#isMember ? undefined : ofTopic)
      for (const { partition, readAt, tellAt } of ofTopic) {
        if (!this.#isMember) this.#places.set(`${topic}/${partition}`, { next: readAt, tellAt })
        this.#moveTo(topic, partition, tellAt)
      }
    }
    this.#settling = setInterval(() => void this.#settle(), settleMs)
    this.#consumption = new Consumption({
      ...{ kafka, topics, isMember: this.#isMember },
      groupId: group ?? `consumer.records.${randomUUID()}`,
      nextOf: (topic, partition) => this.#nextOf(topic, partition),
      take: payload => this.#take(payload),
      fail: error => this.#handoff.end(error),
      trouble: this.#trouble,
    })
  }

  /** Behind all that the loop was given so far: store it together with what came of it, and hand it to `from` the next time. */
  get position(): Position {
    return structuredClone(this.#position)
  }

  /** How many repeats were dropped. */
  get repeats(): number {
    return this.#interpreter.repeats
  }

  /** Open session → time of its newest heartbeat, µs. */
  get heartbeats(): ReadonlyMap<string, number> {
    return this.#interpreter.heartbeats
  }

  /** How old the newest heartbeat is that has come this far: a few seconds, when all is well. Undefined where none has come. */
  heartbeatAgeMs(nowMs = Date.now()): number | undefined {
    const newest = Math.max(...this.heartbeats.values())
    return Number.isFinite(newest) ? nowMs - newest / 1000 : undefined
  }

  /** The events of one fetch at a time. */
  async *batches(): AsyncGenerator<readonly ReaderEvent<D>[], void, undefined> {
    try {
      for await (const { events, behind } of this.#handoff.values()) {
        if (behind) this.#moveTo(behind.topic, behind.partition, behind.next)
        if (events.length > 0) yield events
      }
    } finally {
      await this.close()
    }
  }

  /** One event at a time; `position` is behind the one that the loop has. */
  async *[Symbol.asyncIterator](): AsyncGenerator<ReaderEvent<D>, void, undefined> {
    try {
      for await (const { events, behind } of this.#handoff.values()) {
        for (const event of events) {
          if ('place' in event) this.#moveTo(event.place.topic, event.place.partition, event.place.offset + 1)
          yield event
        }
        if (behind) this.#moveTo(behind.topic, behind.partition, behind.next)
      }
    } finally {
      await this.close()
    }
  }

  async close(): Promise<void> {
    clearInterval(this.#settling)
    this.#handoff.end()
    await this.#consumption.close()
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  #moveTo(topic: string, partition: number, next: number): void {
    this.#position[topic] ??= {}
    this.#position[topic][partition] = next
  }

  /** A member goes on where the group is. */
  #nextOf(topic: string, partition: number): number | undefined {
    if (!this.#isMember) return this.#placeOf(topic, partition).next
    this.#places.delete(`${topic}/${partition}`)
    return undefined
  }

  /** A partition that came later is read from its beginning. */
  #placeOf(topic: string, partition: number, first = 0): Place {
    const key = `${topic}/${partition}`
    const place = this.#places.get(key) ?? { next: first, tellAt: first }
    this.#places.set(key, place)
    return place
  }

  async #take({ batch }: EachBatchPayload): Promise<void> {
    const { topic, partition, messages } = batch
    const [first, high] = [Number(messages[0]!.offset), Number(batch.highWatermark)]
    const place = this.#placeOf(topic, partition, first)
    const lost = first === place.next ? undefined : await this.#lostBefore(topic, partition, place, { first, high })
    const events: ReaderEvent<D>[] = lost === undefined ? [] : [lost]
    for (const message of messages) {
      const offset = Number(message.offset)
      if (offset < place.next) continue
      place.next = offset + 1
      const event = this.#interpreter.take(topic, partition, message, place.tellAt)
      if (event !== undefined) events.push(event)
    }
    if (place.next > place.tellAt) await this.#handoff.give({ events, behind: { topic, partition, next: place.next } })
    await this.#judge()
  }

  /** What Kafka does not have any more of a partition, where it goes on elsewhere than it should. */
  async #lostBefore(
    topic: string,
    partition: number,
    place: Place,
    { first, high }: { first: number; high: number },
  ): Promise<LostEvent | undefined> {
    const from = place.next
    const lost = (because: LostEvent['because']): LostEvent => ({ kind: 'lost', topic, partition, from, to: first, because })
    if (high < from) {
      Object.assign(place, { next: first, tellAt: first })
      return lost('recreated')
    }
    if (first < from) return undefined
    const ends = await asking(this.#kafka, admin => endsOf(admin, topic))
    // Only what the partition no longer begins with has expired: other holes are no records.
    return ends.some(end => end.partition === partition && end.low > from) && first > place.tellAt ? lost('expired') : undefined
  }

  /** Asks for the ends of everything, so that what was there when the marks were made, the last time, can be judged once all of it is read. */
  async #settle(): Promise<void> {
    if (this.#isMember || this.#check !== undefined) return
    const [settled, marks] = [this.#marks, this.#interpreter.marks()]
    this.#marks = undefined
    try {
      const ends = await asking(this.#kafka, async admin => {
        const found = new Map<string, PartitionEnds[]>()
        for (const topic of this.#begins.keys()) found.set(topic, await endsOf(admin, topic))
        return found
      })
      if (settled !== undefined) this.#check = { marks: settled, ends }
      this.#marks = marks
      await this.#judge()
    } catch (error) {
      // Of a Kafka that cannot say what it has nothing can be judged.
      this.#trouble(error as Error)
    }
  }

  async #judge(): Promise<void> {
    if (this.#check === undefined) return
    const { marks, ends } = this.#check
    const isRead = [...ends].every(([topic, ofTopic]) =>
      ofTopic.every(({ partition, high }) => (this.#places.get(`${topic}/${partition}`)?.next ?? 0) >= high),
    )
    if (!isRead) return
    this.#check = undefined
    const events: JumpEvent[] = this.#interpreter.judge(marks)
    if (events.length > 0) await this.#handoff.give({ events })
  }
}
