import type { Entity } from '@tickhouse/catalogue'
import type { SqlRow } from '@tickhouse/store'
import type { RecordPiece } from '../journal/session-journal.ts'
import { Comparison } from './comparison.ts'

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
