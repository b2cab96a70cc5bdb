import type { Publisher, Round, RoundReader } from '@tickhouse/bus'
import { entityOf } from '@tickhouse/catalogue'
import type { Commits } from './commits.ts'
import { type DeadLetter, deadLetterMessage, isOwnDeadLetter } from './dead-letters.ts'
import type { HeldDatasets, Pending } from './held-datasets.ts'
import type { InFlight } from './in-flight.ts'
import type { Ledger } from './ledger.ts'
import { type LastRow, lastRows, type TableRows } from './rows.ts'
import type { SinkTables } from './tables.ts'

/** What the path leads through. */
export interface DrainParts {
  readonly tables: SinkTables
  readonly publisher: Publisher
  readonly commits: Commits
  readonly ledger: Ledger
  readonly inFlight: InFlight
  readonly held: HeldDatasets
}

/** What became of one table's rows in a round. */
interface Outcome {
  readonly last: ReadonlyMap<string, LastRow>
}

/**
 * From Kafka to QuestDB: a round is encoded while the round before it is being stored, and committed when it is in the tables and
 * its dead letters are in Kafka; what of it is held is not committed, and is read again. Ends when `signal` aborts and what is under way is done; `patience` ends the waiting for that, and
 * what was not committed is then read again.
 */
export async function drain(
  reader: Pick<RoundReader, 'rounds'>,
  parts: DrainParts,
  signal: AbortSignal,
  patience: AbortSignal,
): Promise<void> {
  const failed = new AbortController()
  let storing: Promise<void> = Promise.resolve()
  for await (const round of reader.rounds(AbortSignal.any([signal, failed.signal]))) {
    parts.commits.read(round)
    parts.inFlight.read(round)
    parts.ledger.read(round)
    const tables = parts.tables.rowsOf(round)
    await storing
    storing = store(round, tables, parts, patience)
    storing.catch(() => failed.abort())
  }
  await storing
}

async function store(round: Round, tables: readonly TableRows[], parts: DrainParts, patience: AbortSignal): Promise<void> {
  const { held, commits, inFlight } = parts
  const current = tables.filter(({ entity }) => !round.isStale(entity.topic.name))
  const settled = await held.settle(current, (rows, signal, pending) => storeTable(rows, parts, signal, pending), patience)
  const topics = new Set(settled.map(([{ entity }]) => entity.topic.name))
  const done = { ...round, partitions: round.partitions.filter(({ topic }) => topics.has(topic)) }
  await commits.commit(done, new Map(settled.flatMap(([, { last }]) => [...last])))
  inFlight.stored()
}

async function storeTable(table: TableRows, parts: DrainParts, signal: AbortSignal, pending: Pending): Promise<Outcome> {
  const { entity, rows, sources, partitions, deadLetters } = table
  const { tables, ledger } = parts
  const { stored, rejected } = await tables.writerOf(entity).write(rows, signal)
  const last = lastRows(table, new Set(rejected.map(({ row }) => row)))
  ledger.stored(entity.name, { received: sources.length + deadLetters.length, stored, last: [...last.values()] })
  const refused = rejected.map(({ row, reason }): DeadLetter => {
    const position = { topic: entity.topic.name, partition: partitions[row]! }
    return { entity, position, source: sources[row]!, reason: 'refused_by_store', detail: withoutLine(reason) }
  })
  const letters = [...deadLetters, ...refused]
  if (letters.length === 0) return { last }
  pending.waitsFor = 'Kafka does not take its dead letters'
  await setAside(letters, parts, signal)
  return { last }
}

async function setAside(letters: readonly DeadLetter[], { publisher, ledger }: DrainParts, patience: AbortSignal): Promise<void> {
  const { own = [], others = [] } = Object.groupBy(letters, letter => (isOwnDeadLetter(letter) ? 'own' : 'others'))
  for (const letter of own) ledger.discarded(letter)
  const topic = entityOf('dead_letter').topic.name
  await publisher.publish(
    others.map(letter => deadLetterMessage(topic, letter)),
    patience,
  )
  for (const letter of others) ledger.deadLetter(letter)
}

/** Which line of a request a row stood on changes from replay to replay. */
function withoutLine(reason: string): string {
  return reason.replace(/\bline \d+/g, 'line')
}
