import { type KafkaRecord, type PartitionRecords, partitionKey, type TopicPartition } from '@tickhouse/bus'
import type { DataRecord, Entity } from '@tickhouse/catalogue'
import type { RowBuffer, RowEncoder } from '@tickhouse/store'
import type { DeadLetter, DeadLetterReason } from './dead-letters.ts'

/** The rows of one table in one round, with the record that each came from. */
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

/** The last row of a partition. */
export interface LastRow {
  readonly offset: number
  /** µs since the epoch. */
  readonly timestamp: number
}

/**
 * Encodes the records of one topic as rows in the order of their time across partitions: QuestDB appends rows in order at a
 * quarter of the cost. Records of one partition stay in their order. Reads each record once; keeps nothing but the rows.
 */
export function encodeRows(entity: Entity, parts: readonly PartitionRecords[], encoder: RowEncoder, rows: RowBuffer): TableRows {
  rows.clear()
  const encoding = new Encoding(entity, encoder, rows)
  const heads = parts.map(part => new Head(part, encoding.deadLetters, entity)).filter(head => head.advance())
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

/** The next record of a partition that can be read; what cannot is set aside. */
class Head {
  readonly position: TopicPartition
  record!: DataRecord
  source!: KafkaRecord
  timestamp = 0
  readonly #records: readonly KafkaRecord[]
  readonly #deadLetters: DeadLetter[]
  readonly #entity: Entity
  #index = 0

  constructor({ topic, partition, records }: PartitionRecords, deadLetters: DeadLetter[], entity: Entity) {
    this.position = { topic, partition }
    this.#records = records
    this.#deadLetters = deadLetters
    this.#entity = entity
  }

  /** Moves to the next record; false when there is none. */
  advance(): boolean {
    while (this.#index < this.#records.length) {
      this.source = this.#records[this.#index++]!
      if (this.#read()) return true
    }
    return false
  }

  #read(): boolean {
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
    this.record = record
    this.timestamp = record.timestamp
    return true
  }

  #refuse(reason: DeadLetterReason, detail: string): false {
    this.#deadLetters.push({ entity: this.#entity, position: this.position, source: this.source, reason, detail })
    return false
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

  add({ record, source, position, timestamp }: Head): void {
    const rejection = this.#encoder.encode(record, position.partition, source.offset, this.rows)
    if (rejection !== undefined) {
      const detail = `${rejection.column}: ${rejection.reason}`
      this.deadLetters.push({ entity: this.entity, position, source, reason: 'bad_value', detail })
      return
    }
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
