import type { KafkaRecord, PartitionRecords } from '@tickhouse/bus'
import { type DataRecord, entityOf } from '@tickhouse/catalogue'

/** A trade record as the collector publishes it. */
export function trade(seq: number, timestamp: number, more: Record<string, unknown> = {}): DataRecord {
  return { timestamp, symbol: '005930', venue: 'KRX', session: 'test-session', seq, price: 70_000 + seq, ...more }
}

/** A record in Kafka; an object becomes JSON. */
export function inKafka(offset: number, value: object | string | null, timestampMs = 1_700_000_000_000): KafkaRecord {
  const text = typeof value === 'object' && value !== null ? JSON.stringify(value) : value
  return { offset, timestampMs, key: Buffer.from('005930'), value: text === null ? null : Buffer.from(text) }
}

/** Consecutive records of a partition of the topic of a dataset. */
export function partitionOf(dataset: string, partition: number, records: readonly KafkaRecord[]): PartitionRecords {
  const nextOffset = (records.at(-1)?.offset ?? -1) + 1
  const bytes = records.reduce((sum, { key, value }) => sum + (key?.length ?? 0) + (value?.length ?? 0), 0)
  return { topic: entityOf(dataset).topic.name, partition, records, bytes, isShared: true, nextOffset, highWatermark: nextOffset }
}
