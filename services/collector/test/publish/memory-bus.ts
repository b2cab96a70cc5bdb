import {
  type Bus,
  BusError,
  type Message,
  type OffsetRange,
  type Offsets,
  type OnRecord,
  type Publisher,
  type ReadStart,
  refusal,
} from '@tickhouse/bus'

/** A record as it stands in a topic of the memory bus. */
export interface StoredRecord {
  readonly topic: string
  readonly key: string
  readonly value: Record<string, unknown> & { session: string; seq: number; timestamp: number; stage?: string }
  readonly timestampMs: number
}

type UsedOfBus = Pick<Bus, 'publisher' | 'readFrom'>

/**
 * Topics of one partition in memory, with what can go wrong between a publisher and Kafka: `onPublish` says how many of a batch's messages are appended,
 * and whether the sender hears of it.
 */
export class MemoryBus implements UsedOfBus {
  readonly records: StoredRecord[] = []
  readonly batches: number[] = []
  /** Undefined: all are appended and acknowledged. A number: so many are appended, and then the sender fails. */
  onPublish: (messages: readonly Message[]) => Promise<number | undefined> | number | undefined = () => undefined
  /** Topics that do not exist. */
  readonly missing = new Set<string>()
  /** Topics that take nothing, after what stands before it in a batch was taken. */
  readonly refusing = new Set<string>()
  /** Topics whose records cannot be read, and Kafka does not say which of them. */
  readonly unreadable = new Set<string>()
  /** How many records were read. */
  reads = 0

  publisher(): Publisher {
    return {
      publish: async (messages, signal) => {
        this.#existing(new Set(messages.map(({ topic }) => topic)))
        const appended = await this.onPublish(messages)
        signal?.throwIfAborted()
        const ends = this.#append(messages.slice(0, appended))
        if (appended !== undefined) throw new BusError('BUS_UNEXPECTED', 'The connection was lost')
        this.batches.push(messages.length)
        return ends
      },
      close: async () => {},
    }
  }

  async readFrom(topics: readonly string[], { offsets, otherwise }: ReadStart, onRecord: OnRecord): Promise<OffsetRange> {
    this.#existing(new Set(topics))
    const [starts, ends] = [new Map<string, number>(), new Map<string, number>()]
    for (const topic of topics) {
      const records = this.records.filter(record => record.topic === topic)
      const first = (isMeant: (record: StoredRecord) => boolean) => {
        const found = records.findIndex(isMeant)
        return found < 0 ? records.length : found
      }
      const atMoment =
        otherwise === 'earliest'
          ? 0
          : otherwise === 'latest'
            ? records.length
            : first(({ timestampMs }) => timestampMs >= otherwise.sinceMs)
      const known = offsets[`${topic}/0`] ?? atMoment
      const start = known > records.length ? 0 : known
      starts.set(`${topic}/0`, start)
      ends.set(`${topic}/0`, records.length)
      if (start < records.length && this.unreadable.has(topic)) throw new BusError('BUS_UNEXPECTED', 'No such codec')
      for (const [index, { key, value, timestampMs }] of records.slice(start).entries()) {
        this.reads += 1
        const bytes = { key: Buffer.from(key), value: Buffer.from(JSON.stringify(value)) }
        await onRecord({ topic, partition: 0, offset: start + index, ...bytes, timestampMs })
      }
    }
    return { starts, ends }
  }

  /** What stands in a topic goes, as when it is deleted and made again. */
  empty(topic: string): void {
    this.records.splice(0, this.records.length, ...this.records.filter(record => record.topic !== topic))
  }

  #existing(topics: ReadonlySet<string>): void {
    const missing = [...topics].filter(topic => this.missing.has(topic))
    if (missing.length > 0)
      throw new BusError('BUS_TOPIC_MISSING', `Missing topics: ${missing.join(', ')}`, { retriable: true, topics: missing })
  }

  #append(messages: readonly Message[]): Offsets {
    const ends: Offsets = new Map()
    for (const message of messages) {
      const { topic, key, value, timestampMs } = message
      if (this.refusing.has(topic)) throw refusalOf(message)
      this.records.push({ topic, key, value: JSON.parse(String(value)), timestampMs })
      ends.set(`${topic}/0`, this.records.filter(record => record.topic === topic).length)
    }
    return ends
  }
}

function refusalOf({ topic, key, value, timestampMs }: Message): Error {
  const wire = { key, value: Buffer.from(value), timestampMs }
  const error = new BusError('BUS_REFUSED', 'The policy of the topic is violated')
  return refusal(error, [topic], [{ topic, partition: 0, messages: [wire], bytes: wire.value.length }])
}
