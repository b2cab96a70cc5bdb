import type { Publisher } from '@tickhouse/bus'
import { entityOf } from '@tickhouse/catalogue'
import type { LastRow } from '../read/commit-metadata.ts'
import type { Counts } from './counts.ts'
import { type DeadLetter, deadLetterMessage, isOwnDeadLetter } from './dead-letters.ts'
import type { Pending } from './held-datasets.ts'
import { lastRows, type TableRows } from './rows.ts'
import type { SinkTables } from './sink-tables.ts'

/** What storing needs. */
export interface StoreTableDeps {
  readonly tables: Pick<SinkTables, 'writerOf'>
  readonly publisher: Publisher
  readonly counts: Counts
}

/** Stores the rows of a table and sets aside what can be none; gives the last row of each partition. */
export async function storeTable(
  table: TableRows,
  deps: StoreTableDeps,
  signal: AbortSignal,
  pending: Pending,
): Promise<ReadonlyMap<string, LastRow>> {
  const { entity, rows, sources, partitions, deadLetters } = table
  const { tables, counts } = deps
  const { stored, rejected } = await tables.writerOf(entity).write(rows, signal)
  const last = lastRows(table, new Set(rejected.map(({ row }) => row)))
  counts.stored(entity.name, { received: sources.length + deadLetters.length, stored, last: [...last.values()] })
  const refused = rejected.map(({ row, reason }): DeadLetter => {
    const position = { topic: entity.topic.name, partition: partitions[row]! }
    return { entity, position, source: sources[row]!, reason: 'refused_by_store', detail: withoutLine(reason) }
  })
  const letters = [...deadLetters, ...refused]
  if (letters.length === 0) return last
  pending.waitsFor = 'Kafka does not take its dead letters'
  await setAside(letters, deps, signal)
  return last
}

async function setAside(letters: readonly DeadLetter[], { publisher, counts }: StoreTableDeps, signal: AbortSignal): Promise<void> {
  const { own = [], others = [] } = Object.groupBy(letters, letter => (isOwnDeadLetter(letter) ? 'own' : 'others'))
  for (const letter of own) counts.discarded(letter)
  const topic = entityOf('dead_letter').topic.name
  await publisher.publish(
    others.map(letter => deadLetterMessage(topic, letter)),
    signal,
  )
  for (const letter of others) counts.deadLetter(letter)
}

/** Which line of a request a row stood on changes from replay to replay. */
function withoutLine(reason: string): string {
  return reason.replace(/\bline \d+/g, 'line')
}
