import type { Publisher } from '@tickhouse/bus'
import type { Entity } from '@tickhouse/catalogue'
import type { RowBuffer } from '@tickhouse/store'
import type { OldestRecord } from '../order/chunk.ts'
import { PendingRecords, type Taken } from '../order/pending.ts'
import type { TimeOrderLimits } from '../order/time-order.ts'
import type { Commits } from '../read/commits.ts'
import type { Counts } from './counts.ts'
import type { HeldDatasets } from './held-datasets.ts'
import type { Memory, RowBuffers } from './memory.ts'
import type { TableRows } from './rows.ts'
import type { SinkTables } from './sink-tables.ts'
import { storeTable } from './store-table.ts'
import type { WriteTrigger } from './write-policy.ts'

/** Why a batch is stored now; the word is stable, for metrics. */
export type BatchTrigger = WriteTrigger | 'stop'

/** Rows that are ready to be sent. */
interface Batch {
  readonly taken: Taken
  readonly rows: TableRows
  readonly buffer: RowBuffer
}

/** What every lane works with. */
export interface LaneDeps {
  readonly tables: SinkTables
  readonly publisher: Publisher
  readonly commits: Commits
  readonly counts: Counts
  readonly held: HeldDatasets
  readonly memory: Memory
  readonly buffers: RowBuffers
  /** Hears how long a commit took, and of how many rows. */
  readonly onStored: (durationMs: number, rows: number) => void
  /** Hears of each table that has new rows, and the time of the first of them, µs. */
  readonly onRows: (table: string, firstUs: number) => void
  /** Ends what is under way when the sink is to stop. */
  readonly deadline: AbortSignal
}

/** What waits for one table, and what is on its way there: one batch, and the next one as soon as it is large enough. */
export class Lane {
  readonly pending: PendingRecords
  /** When the table was stored last, ms by the monotonic clock. */
  storedAtMs = Number.NEGATIVE_INFINITY
  readonly #entity: Entity
  readonly #deps: LaneDeps
  #storing: Taken | undefined
  /** Encoded while the one before it is being stored. */
  #next: Batch | undefined
  /** Time of the newest row that was sent, µs. */
  #newestUs = Number.NEGATIVE_INFINITY

  constructor(entity: Entity, limits: TimeOrderLimits, deps: LaneDeps) {
    this.#entity = entity
    this.#deps = deps
    this.pending = new PendingRecords(entity.topic.name, limits)
  }

  get isStoring(): boolean {
    return this.#storing !== undefined
  }

  /** The oldest record of a partition that was read and is not stored; undefined when there is none. */
  oldestOf(partition: number): OldestRecord | undefined {
    const onItsWay = (this.#storing ?? this.#next?.taken)?.places.find(place => place.partition === partition)
    return onItsWay?.oldest ?? this.pending.partitions.oldestOf(partition)
  }

  /** Encodes the next batch while one is being stored, once. */
  prepare(nowMs: number, maxBytes: number): void {
    this.#next ??= this.#encode(nowMs, maxBytes)
  }

  /** Stores what is ready, and the next batch as long as there is one by then. */
  async store(trigger: BatchTrigger, nowMs: number, maxBytes: number): Promise<void> {
    let why = trigger
    for (let batch: Batch | undefined = this.#encode(nowMs, maxBytes); batch !== undefined; batch = this.#takeNext(), why = 'full')
      await this.#storeBatch(batch, why)
  }

  #encode(nowMs: number, maxBytes: number): Batch {
    const { memory, buffers, tables } = this.#deps
    const taken = this.pending.take(nowMs, maxBytes)
    memory.keep(taken.copies)
    const buffer = buffers.take(taken.parts.reduce((sum, { bytes }) => sum + bytes, 0))
    return { taken, rows: tables.rowsOf(this.#entity, taken.parts, buffer), buffer }
  }

  #takeNext(): Batch | undefined {
    const next = this.#next
    this.#next = undefined
    return next
  }

  async #storeBatch({ taken, rows, buffer }: Batch, trigger: BatchTrigger): Promise<void> {
    const { held, commits, counts, memory, buffers, onStored, onRows, deadline } = this.#deps
    this.#storing = taken
    const startedAtMs = performance.now()
    counts.batch(trigger, this.#entity.name, lateRows(rows, this.#newestUs))
    try {
      // While nothing fails this only calls storeTable.
      const last = await held.store(rows, (signal, pending) => storeTable(rows, this.#deps, signal, pending), deadline)
      this.storedAtMs = performance.now()
      if (last === undefined) return this.#dropNext()
      this.#newestUs = Math.max(this.#newestUs, rows.timestamps.at(-1) ?? Number.NEGATIVE_INFINITY)
      commits.stored(taken.places, last)
      if (rows.timestamps.length > 0) onRows(this.#entity.name, rows.timestamps[0]!)
      onStored(this.storedAtMs - startedAtMs, rows.rows.rowCount)
    } finally {
      this.#storing = undefined
      buffers.give(buffer)
      memory.forget(taken.buffers)
    }
  }

  /** Its dataset is held: what was encoded is read again. */
  #dropNext(): void {
    const next = this.#takeNext()
    if (next === undefined) return
    this.#deps.buffers.give(next.buffer)
    this.#deps.memory.forget(next.taken.buffers)
  }
}

/** How many rows are older than what was stored before them; rows stand in the order of their time. */
function lateRows({ timestamps }: TableRows, newestUs: number): number {
  const first = timestamps.findIndex(timestamp => timestamp >= newestUs)
  return first < 0 ? timestamps.length : first
}
