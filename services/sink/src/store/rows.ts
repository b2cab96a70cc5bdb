import { type KafkaRecord, type PartitionRecords, partitionKey, type TopicPartition } from '@tickhouse/bus'
import type { DataRecord, Entity } from '@tickhouse/catalogue'
import type { RowBuffer, RowEncoder } from '@tickhouse/store'
import { timestampIn } from '../order/record-head.ts'
import type { LastRow } from '../read/commit-metadata.ts'
import type { DeadLetter, DeadLetterReason } from './dead-letters.ts'

/** The rows of one table in one commit, with the record that each came from. */
export interface TableRows {
  readonly entity: Entity
  readonly rows: RowBuffer
  /** By row. */
  readonly sources: readonly KafkaRecord[]
  readonly partitions: readonly number[]
  readonly timestamps: readonly number[]
  /** Records that have no row. */
  readonly deadLetters: readonly DeadLetter[]
}

/**
 * Encodes the records of one topic as rows in the order of their time across partitions: QuestDB appends rows in order at a
 * quarter of the cost. Records of one partition stay in their order. Reads each record once; keeps nothing but the rows.
 */
export function encodeRows(entity: Entity, parts: readonly PartitionRecords[], encoder: RowEncoder, rows: RowBuffer): TableRows {
  rows.clear()
  const encoding = new Encoding(entity, encoder, rows)
  const heads = parts.map(part => new Head(part, encoding)).filter(head => head.advance())
  while (heads.length > 0) {
    const next = earliest(heads)
    const limit = limitFor(heads, next)
    const head = heads[next]!
    let hasMore = true
    while (hasMore && head.timestamp <= limit) {
      encoding.add(head)
      hasMore = head.advance()
    }
    if (!hasMore) heads.splice(next, 1)
  }
  return encoding
}

/** The last row of each partition that was stored, by `partitionKey`; rejected rows are not. */
export function lastRows({ entity, sources, partitions, timestamps }: TableRows, rejected: ReadonlySet<number>): Map<string, LastRow> {
  const missing = new Set(partitions)
  const last = new Map<string, LastRow>()
  for (let row = sources.length - 1; row >= 0 && missing.size > 0; row--) {
    const partition = partitions[row]!
    if (rejected.has(row) || !missing.delete(partition)) continue
    last.set(partitionKey({ topic: entity.topic.name, partition }), { offset: sources[row]!.offset, timestamp: timestamps[row]! })
  }
  return last
}

/** The next record of a partition; what cannot be read is set aside. */
class Head {
  readonly position: TopicPartition
  source!: KafkaRecord
  timestamp = 0
  /** Undefined while the bytes are enough. */
  #record: DataRecord | undefined
  readonly #records: readonly KafkaRecord[]
  readonly #encoding: Encoding
  #index = 0

  constructor({ topic, partition, records }: PartitionRecords, encoding: Encoding) {
    this.position = { topic, partition }
    this.#records = records
    this.#encoding = encoding
  }

  /** Moves to the next record; false when there is none. */
  advance(): boolean {
    while (this.#index < this.#records.length) {
      this.source = this.#records[this.#index++]!
      this.#record = undefined
      const timestamp = timestampIn(this.source.value) ?? this.parsed()?.timestamp
      if (timestamp === undefined) continue
      this.timestamp = timestamp
      return true
    }
    return false
  }

  /** The record; undefined, and set aside, when it cannot be read. */
  parsed(): DataRecord | undefined {
    this.#record ??= this.#parse()
    return this.#record
  }

  #parse(): DataRecord | undefined {
    const { value } = this.source
    if (value === null) return this.#refuse('not_json', 'The record has no value')
    let record: DataRecord
    try {
      record = JSON.parse(value.toString())
    } catch (error) {
      return this.#refuse('not_json', (error as Error).message)
    }
    if (typeof record !== 'object' || record === null || Array.isArray(record)) return this.#refuse('wrong_shape', 'Expected an object')
    if (!Number.isSafeInteger(record.timestamp)) return this.#refuse('bad_value', 'timestamp: Expected an integer (µs)')
    return record
  }

  #refuse(reason: DeadLetterReason, detail: string): undefined {
    this.#encoding.refuse(this, reason, detail)
  }
}

class Encoding implements TableRows {
  readonly entity: Entity
  readonly rows: RowBuffer
  readonly sources: KafkaRecord[] = []
  readonly partitions: number[] = []
  readonly timestamps: number[] = []
  readonly deadLetters: DeadLetter[] = []
  readonly #encoder: RowEncoder

  constructor(entity: Entity, encoder: RowEncoder, rows: RowBuffer) {
    this.entity = entity
    this.rows = rows
    this.#encoder = encoder
  }

  /** Adds the row of a record: from its bytes where they are as our collector writes them. */
  add(head: Head): void {
    const { source, position } = head
    if (source.value !== null && this.#encoder.encodeJson(source.value, position.partition, source.offset, this.rows)) {
      this.#note(head, head.timestamp)
      return
    }
    const record = head.parsed()
    if (record === undefined) return
    const rejection = this.#encoder.encode(record, position.partition, source.offset, this.rows)
    if (rejection === undefined) this.#note(head, record.timestamp)
    else this.refuse(head, 'bad_value', `${rejection.column}: ${rejection.reason}`)
  }

  refuse({ position, source }: Head, reason: DeadLetterReason, detail: string): void {
    this.deadLetters.push({ entity: this.entity, position, source, reason, detail })
  }

  #note({ source, position }: Head, timestamp: number): void {
    this.sources.push(source)
    this.partitions.push(position.partition)
    this.timestamps.push(timestamp)
  }
}

function earliest(heads: readonly Head[]): number {
  let best = 0
  for (let index = 1; index < heads.length; index++) if (heads[index]!.timestamp < heads[best]!.timestamp) best = index
  return best
}

/** Up to which time the chosen partition may go on before another one is due. */
function limitFor(heads: readonly Head[], chosen: number): number {
  let limit = Number.POSITIVE_INFINITY
  for (let index = 0; index < heads.length; index++)
    if (index !== chosen && heads[index]!.timestamp < limit) limit = heads[index]!.timestamp
  return limit
}
