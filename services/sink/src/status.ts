import { partitionKey, type RoundReader } from '@tickhouse/bus'
import { entities, entityOfTopic } from '@tickhouse/catalogue'
import type { Problem } from '@tickhouse/runtime'
import type { Commits } from './commits.ts'
import type { Ledger } from './ledger.ts'
import type { SuspendedTables } from './suspended-tables.ts'

/** What the status is read from. */
export interface StatusParts {
  readonly reader: Pick<RoundReader, 'progress'>
  readonly commits: Commits
  readonly ledger: Ledger
  readonly suspended: Pick<SuspendedTables, 'names'>
  /** Why QuestDB takes no rows at the moment, if it does not. */
  readonly storeProblem: () => string | null
}

/** What GET /status shows. */
export function statusOf(parts: StatusParts): object {
  const lags = lagByDataset(parts)
  const datasets = [...parts.ledger.datasets].map(([name, { stored, lastTimestamp }]) => [
    name,
    { stored, lag: lags.get(name)!, lastTimestamp },
  ])
  return {
    service: 'sink',
    pid: process.pid,
    datasets: Object.fromEntries(datasets),
    deadLetters: parts.ledger.deadLetters,
    suspended: parts.suspended.names,
  }
}

/** Records that are in the partitions of this sink and not stored yet, by dataset. */
export function lagByDataset({ reader, commits }: Pick<StatusParts, 'reader' | 'commits'>): Map<string, number> {
  const lags = new Map(entities.map(({ name }) => [name, 0]))
  for (const { topic, partition, offset, highWatermark } of reader.progress) {
    const { name } = entityOfTopic(topic)!
    const done = commits.doneIn(partitionKey({ topic, partition })) ?? offset
    lags.set(name, lags.get(name)! + Math.max(0, highWatermark - done))
  }
  return lags
}

/** What keeps the sink from doing its work. */
export function problemsOf({ reader, suspended, storeProblem }: StatusParts): Problem[] {
  const problems: Problem[] = suspended.names.map(table => ({ component: 'questdb', message: `table ${table} is suspended` }))
  const refused = storeProblem()
  if (refused !== null) problems.push({ component: 'questdb', message: refused })
  if (reader.progress.length === 0) problems.push({ component: 'kafka', message: 'no partitions are being read' })
  return problems
}
