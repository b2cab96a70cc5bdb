import type { DataRecord, Entity } from '@tickhouse/catalogue'
import { encoderFor, RowBuffer, type RowEncoder, type Store, type TableWriter } from '@tickhouse/store'
import type { TopicPosition } from './topic-positions.ts'

const flushBytes = 4 * 1024 * 1024

/**
 * Writes records as the sink does: the row follows from the record and its place in Kafka, so writing an existing row again changes nothing.
 * The caller names the records and learns which of them have no row.
 */
export class RowWriter<Name> {
  /** Rows that QuestDB accepted. */
  stored = 0
  readonly #store: Store
  readonly #entity: Entity
  readonly #encoder: RowEncoder
  readonly #writer: TableWriter
  readonly #rows = new RowBuffer()
  readonly #names: Name[] = []
  readonly #onRefused: (name: Name, reason: string) => void
  readonly #signal: AbortSignal

  constructor(store: Store, entity: Entity, onRefused: (name: Name, reason: string) => void, signal: AbortSignal) {
    this.#store = store
    this.#entity = entity
    this.#encoder = encoderFor(entity.table)
    this.#writer = store.writer(entity.table)
    this.#onRefused = onRefused
    this.#signal = signal
  }

  async add(name: Name, record: DataRecord, { partition, offset }: TopicPosition): Promise<void> {
    const rejection = this.#encoder.encode(record, partition, offset, this.#rows)
    if (rejection !== undefined) return this.#onRefused(name, `${rejection.column}: ${rejection.reason}`)
    this.#names.push(name)
    if (this.#rows.byteLength >= flushBytes) await this.#flush()
  }

  /** Writes what is left; resolves when queries show it. */
  async finish(): Promise<void> {
    await this.#flush()
    await this.#store.waitUntilApplied(this.#entity.table.name, this.#signal)
  }

  async #flush(): Promise<void> {
    const { stored, rejected } = await this.#writer.write(this.#rows, this.#signal)
    this.stored += stored
    for (const { row, reason } of rejected) this.#onRefused(this.#names[row]!, reason)
    this.#rows.clear()
    this.#names.length = 0
  }
}

/** Why a record can have no row, as far as that can be known without QuestDB; undefined when it can. */
export function rowRefusalOf(encoder: RowEncoder, record: DataRecord): string | undefined {
  const rejection = encoder.encode(record, 0, 0, new RowBuffer(1024))
  return rejection && `${rejection.column}: ${rejection.reason}`
}
