import { randomUUID } from 'node:crypto'
import type { EachBatchPayload, Kafka } from 'kafkajs'
import type { DatasetName } from '../decode.ts'
import type { LostEvent, ReaderEvent } from '../events.ts'
import { schemas } from '../generated/records.ts'
import { Interpreter, type Marks } from '../interpreter.ts'
import { asking, endsOf } from '../kafka/ask.ts'
import { Consumption } from '../kafka/consumption.ts'
import { Handoff } from './handoff.ts'
import type { ReaderOptions } from './options.ts'
import type { PartitionBegin, PartitionEnds, Position } from './position.ts'
import { Settling } from './settling.ts'

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

const defaultSettleMs = 60_000

/**
 * Reads topics, and tells each record once, with what the capture knows to be missing. Iterate over it, or over `batches()`; leaving the loop closes it.
 * Reading waits for the loop, so nothing piles up.
 */
export class RecordReader<D extends DatasetName = DatasetName> implements AsyncIterable<ReaderEvent<D>>, AsyncDisposable {
  readonly #kafka: Kafka
  readonly #isMember: boolean
  readonly #interpreter: Interpreter<D>
  readonly #consumption: Consumption
  readonly #handoff = new Handoff<Told<D>>()
  readonly #trouble: (error: Error) => void
  readonly #places = new Map<string, Place>()
  readonly #position: Record<string, Record<string, number>> = {}
  readonly #settling: Settling<Marks<D>>
  readonly #timer: NodeJS.Timeout

  /** Use `openReader`. */
  constructor(kafka: Kafka, begins: ReadonlyMap<string, readonly PartitionBegin[]>, options: ReaderOptions<D>) {
    const { datasets, symbols, from, group, onTrouble = () => {}, settleMs = defaultSettleMs } = options
    const topics = [...begins.keys()]
    this.#kafka = kafka
    this.#isMember = group !== undefined
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
    this.#settling = new Settling({
      marks: () => this.#interpreter.marks(),
      ends: () => this.#ends(topics),
      isReadTo: (topic, partition, offset) => (this.#places.get(`${topic}/${partition}`)?.next ?? 0) >= offset,
    })
    this.#timer = setInterval(() => void this.#settle(), settleMs)
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
    clearInterval(this.#timer)
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
    const lost = first === place.next ? undefined : await this.#lostBefore(topic, partition, place, first, high)
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
  async #lostBefore(topic: string, partition: number, place: Place, first: number, high: number): Promise<LostEvent | undefined> {
    const from = Math.max(place.next, place.tellAt)
    const lost = (because: LostEvent['because']): LostEvent => ({ kind: 'lost', topic, partition, from, to: first, because })
    if (high < place.next) {
      Object.assign(place, { next: first, tellAt: first })
      return lost('recreated')
    }
    if (first <= from) return undefined
    const ends = await asking(this.#kafka, admin => endsOf(admin, topic))
    // Only what the partition no longer begins with has expired: other holes are no records.
    return ends.some(end => end.partition === partition && end.low > from) ? lost('expired') : undefined
  }

  async #settle(): Promise<void> {
    if (this.#isMember) return
    await this.#settling.ask().catch(this.#trouble)
    await this.#judge()
  }

  async #judge(): Promise<void> {
    const marks = this.#settling.due()
    if (marks === undefined) return
    const events = this.#interpreter.judge(marks)
    if (events.length > 0) await this.#handoff.give({ events })
  }

  #ends(topics: readonly string[]): Promise<Map<string, readonly PartitionEnds[]>> {
    return asking(this.#kafka, async admin => {
      const found = new Map<string, readonly PartitionEnds[]>()
      for (const topic of topics) found.set(topic, await endsOf(admin, topic))
      return found
    })
  }
}
