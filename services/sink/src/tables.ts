import type { Round } from '@tickhouse/bus'
import { type Entity, entities, entityOfTopic } from '@tickhouse/catalogue'
import { encoderFor, RowBuffer, type RowEncoder, type Store, type TableWriter } from '@tickhouse/store'
import { encodeRows, type TableRows } from './rows.ts'

/** The topics that the sink reads: all of them. */
export const sinkTopics: readonly string[] = entities.map(({ topic }) => topic.name)

/** What belongs to one table. Its two buffers take turns: one is being stored while the other is filled. */
interface Table {
  readonly entity: Entity
  readonly encoder: RowEncoder
  readonly writer: TableWriter
  readonly buffers: [RowBuffer, RowBuffer]
}

/** Encoders and writers of all tables, made once. */
export class SinkTables {
  readonly #tables: ReadonlyMap<string, Table>

  constructor(store: Store) {
    this.#tables = new Map(entities.map(entity => [entity.name, tableOf(entity, store)]))
  }

  /** The rows of a round, one TableRows per table. At most two rounds may be in use at a time. */
  rowsOf(round: Round): TableRows[] {
    const topics = Map.groupBy(round.partitions, ({ topic }) => topic)
    return [...topics].map(([topic, parts]) => {
      const { entity, encoder, buffers } = this.#tables.get(entityOfTopic(topic)!.name)!
      buffers.reverse()
      return encodeRows(entity, parts, encoder, buffers[0])
    })
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

function tableOf(entity: Entity, store: Store): Table {
  return { entity, encoder: encoderFor(entity.table), writer: store.writer(entity.table), buffers: [new RowBuffer(), new RowBuffer()] }
}
