import type { DataRecord, Entity, Produced } from '@tickhouse/catalogue'
import { type ColumnDifference, rowDifferences, type SqlRow } from '@tickhouse/store'
import { Positions } from './positions.ts'
import { nameOf, type RecordName } from './record-name.ts'
import { RecordSet } from './record-set.ts'

/** A column of a row that is not what the journal gives. */
export type SeenDifference = RecordName & ColumnDifference

/** What tells a row of a session from the others. */
export interface RowKey extends RecordName {
  /** µs since the epoch. */
  readonly timestamp: number
  readonly symbol: string
  readonly venue: string
}

/** How many of each are kept to be shown. */
const shownDifferences = 10
const keptKeys = 1_000
/** A number beyond this is none of ours, and would take a bitmap to match. */
const highestSeq = 1_000_000_000

/** How the rows of a session differ from the records that the journal gives; counts and numbers, not the rows themselves. */
export class Comparison {
  records = 0
  rows = 0
  same = 0
  /** Records without a row under their key. */
  readonly absent = new RecordSet()
  /** Of these, the ones behind the publisher's checkpoint. */
  readonly unpublished = new RecordSet()
  /** Rows that the journal does not give under their key. */
  readonly strays = new RecordSet()
  strayRows = 0
  /** Where the rows say they come from that hold something else than their record. */
  readonly different = new Positions()
  readonly differences: SeenDifference[] = []
  readonly absentKeys: RowKey[] = []
  readonly strayKeys: RowKey[] = []
  readonly #entity: Entity

  constructor(entity: Entity) {
    this.#entity = entity
  }

  /** Takes a record with the rows that have its time. */
  record(produced: Produced, rows: readonly SqlRow[], isPublished: boolean): void {
    this.records++
    const { dedupKeys } = this.#entity.table
    const record = rows.length > 0 || this.absentKeys.length < keptKeys ? (JSON.parse(produced.json) as DataRecord) : undefined
    const own = rows.find(row => dedupKeys.every(key => row[key] === record![key]))
    for (const row of rows) if (row !== own) this.stray(row)
    if (own === undefined) this.#absent(produced, record, isPublished)
    else this.#meet(produced, record!, own)
  }

  /** Takes a row at whose time there is no record. */
  stray(row: SqlRow): void {
    this.rows++
    this.strayRows++
    const key = this.#keyOf(row as unknown as DataRecord)
    if (this.strayKeys.length < keptKeys) this.strayKeys.push(key)
    if (key.seq >= 0 && key.seq <= highestSeq) this.strays.add(key)
  }

  /** Whether the row of a record stands under another key. */
  hasOtherKey(name: RecordName): boolean {
    return this.absent.has(name) && this.strays.has(name)
  }

  #absent(name: RecordName, record: DataRecord | undefined, isPublished: boolean): void {
    this.absent.add(name)
    if (!isPublished) this.unpublished.add(name)
    if (record !== undefined && this.absentKeys.length < keptKeys) this.absentKeys.push(this.#keyOf(record))
  }

  #meet(name: RecordName, record: DataRecord, row: SqlRow): void {
    this.rows++
    const differences = rowDifferences(this.#entity.table, record, row)
    if (differences.length === 0) {
      this.same++
      return
    }
    this.different.set(name, { partition: row['kafka_partition'] as number, offset: row['kafka_offset'] as number })
    const room = shownDifferences - this.differences.length
    this.differences.push(...differences.slice(0, room).map(difference => ({ series: name.series, seq: name.seq, ...difference })))
  }

  #keyOf(record: DataRecord): RowKey {
    const { timestamp, symbol, venue } = record
    return { ...nameOf(this.#entity.name, record), timestamp, symbol, venue }
  }
}
