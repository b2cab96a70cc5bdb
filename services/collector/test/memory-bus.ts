import type { Bus, Message, OnRecord, Publisher } from '@tickhouse/bus'
import { BusError } from '@tickhouse/bus'

/** A record as it stands in a topic of the memory bus. */
export interface StoredRecord {
  readonly topic: string
  readonly key: string
  readonly value: Record<string, unknown> & { session: string; seq: number; timestamp: number; stage?: string }
  readonly timestampMs: number
}

type UsedOfBus = Pick<Bus, 'publisher' | 'readSince' | 'endOffsets'>

/**
 * Topics in memory with what can go wrong between a publisher and Kafka: `onPublish` says how many of a batch's messages are appended,
 * and whether the sender hears of it.
 */
export class MemoryBus implements UsedOfBus {
  readonly records: StoredRecord[] = []
  readonly batches: number[] = []
  /** Undefined: all are appended and acknowledged. A number: so many are appended, and then the sender fails. */
  onPublish: (messages: readonly Message[]) => Promise<number | undefined> | number | undefined = () => undefined
  missingTopics = false
  reads = 0

  publisher(): Publisher {
    return {
      publish: async (messages, signal) => {
        const appended = await this.onPublish(messages)
        signal?.throwIfAborted()
        this.#append(messages.slice(0, appended))
        if (appended !== undefined) throw new BusError('BUS_UNEXPECTED', 'The connection was lost')
        this.batches.push(messages.length)
      },
      close: async () => {},
    }
  }

  async readSince(topics: readonly string[], sinceMs: number, onRecord: OnRecord): Promise<void> {
    this.reads += 1
    for (const [offset, { topic, key, value, timestampMs }] of this.records.entries()) {
      if (timestampMs < sinceMs || !topics.includes(topic)) continue
      await onRecord({ topic, partition: 0, offset, key: Buffer.from(key), value: Buffer.from(JSON.stringify(value)), timestampMs })
    }
  }

  async endOffsets(): ReturnType<Bus['endOffsets']> {
    if (this.missingTopics) throw new BusError('BUS_TOPIC_MISSING', 'No such topic', { retriable: true })
    return []
  }

  #append(messages: readonly Message[]): void {
    for (const { topic, key, value, timestampMs } of messages) {
      this.records.push({ topic, key, value: JSON.parse(String(value)), timestampMs })
    }
  }
}
