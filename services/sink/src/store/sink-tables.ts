import type { PartitionRecords } from '@tickhouse/bus'
import { type Entity, entities } from '@tickhouse/catalogue'
import { encoderFor, type RowBuffer, type RowEncoder, type Store, type TableWriter } from '@tickhouse/store'
import { encodeRows, type TableRows } from './rows.ts'

/** The topics that the sink reads: all of them. */
export const sinkTopics: readonly string[] = entities.map(({ topic }) => topic.name)

/** What belongs to one table. */
interface Table {
  readonly entity: Entity
  readonly encoder: RowEncoder
  readonly writer: TableWriter
}

/** Encoders and writers of all tables, made once. */
export class SinkTables {
  readonly #tables: ReadonlyMap<string, Table>

  constructor(store: Store) {
    const tables = entities.map(entity => ({ entity, encoder: encoderFor(entity.table), writer: store.writer(entity.table) }))
    this.#tables = new Map(tables.map(table => [table.entity.name, table]))
  }

  /** Records of a dataset as rows, in the buffer. */
  rowsOf({ name }: Entity, parts: readonly PartitionRecords[], buffer: RowBuffer): TableRows {
    const { entity, encoder } = this.#tables.get(name)!
    return encodeRows(entity, parts, encoder, buffer)
  }

  writerOf({ name }: Entity): TableWriter {
    return this.#tables.get(name)!.writer
  }

  /** Members of records that have no column, by `dataset.member`. */
  get unknownMembers(): Map<string, number> {
    const unknown = new Map<string, number>()
    for (const { entity, encoder } of this.#tables.values())
      for (const [name, count] of encoder.unknownMembers) unknown.set(`${entity.name}.${name}`, count)
    return unknown
  }
}
