import type { DataRecord, Entity, Produced } from '@tickhouse/catalogue'
import { type ColumnDifference, rowDifferences, type SqlRow } from '@tickhouse/store'
import type { RecordPiece } from '../journal/session-records.ts'
import { nameOf, type RecordName, RecordSet } from './record-set.ts'
import { Positions } from './topic-positions.ts'

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

/** Two streams in the order of their time; a session's times rise strictly, so that its records and its rows meet. */
export interface Streams {
  readonly records: AsyncIterable<RecordPiece>
  readonly rows: AsyncIterable<readonly SqlRow[]>
  /** Asked behind the last record: rows after it are nothing strange in a session that goes on. */
  readonly isOpen: () => boolean
  /** Hears how many records were compared, piece by piece. */
  readonly onRecords?: (count: number) => void
}

/** Compares what the journal gives with what the table holds, one piece and one page at a time. */
export async function compare(entity: Entity, { records, rows, isOpen, onRecords }: Streams): Promise<Comparison> {
  const comparison = new Comparison(entity)
  const cursor = new RowCursor(rows)
  const stray = (row: SqlRow) => comparison.stray(row)
  for await (const piece of records) {
    for (const record of piece.records) {
      await cursor.before(record.timestamp, stray)
      const sameTime: SqlRow[] = []
      await cursor.before(record.timestamp + 1, row => sameTime.push(row))
      comparison.record(record, sameTime, piece.isPublished)
    }
    onRecords?.(piece.records.length)
  }
  if (!isOpen()) await cursor.before(Number.POSITIVE_INFINITY, stray)
  await cursor.close()
  return comparison
}

/** Goes through pages of rows once. */
class RowCursor {
  readonly #pages: AsyncIterator<readonly SqlRow[]>
  #page: readonly SqlRow[] = []
  #at = 0

  constructor(pages: AsyncIterable<readonly SqlRow[]>) {
    this.#pages = pages[Symbol.asyncIterator]()
  }

  /** Hands over the next rows whose time lies before `timestamp`. */
  async before(timestamp: number, onRow: (row: SqlRow) => void): Promise<void> {
    for (;;) {
      for (; this.#at < this.#page.length; this.#at++) {
        const row = this.#page[this.#at]!
        if ((row['timestamp'] as number) >= timestamp) return
        onRow(row)
      }
      const next = await this.#pages.next()
      if (next.done) return
      this.#page = next.value
      this.#at = 0
    }
  }

  async close(): Promise<void> {
    await this.#pages.return?.()
  }
}
