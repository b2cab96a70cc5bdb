import type { GroupReader, Standstill } from '@tickhouse/bus'
import { entityOfTopic } from '@tickhouse/catalogue'
import { type Problem, type SinkStatus, serviceStatus, type UnstoredDataset } from '@tickhouse/runtime'
import type { Counts } from '../store/counts.ts'
import type { HeldDatasets } from '../store/held-datasets.ts'
import type { SinkTables } from '../store/sink-tables.ts'
import type { ReadyTables } from '../tables/ready-tables.ts'
import type { SuspendedTables } from '../tables/suspended-tables.ts'
import type { Heartbeats } from './heartbeats.ts'
import { type LagDeps, lagByDataset } from './lag.ts'
import type { ServerDisks } from './server-disks.ts'

/** What the status is read from. */
export interface StatusDeps extends LagDeps {
  readonly reader: Pick<GroupReader, 'progress' | 'standstill' | 'unread'>
  readonly counts: Pick<Counts, 'datasets' | 'discardedLetters'>
  readonly tables: Pick<SinkTables, 'unknownMembers'>
  readonly heartbeats: Pick<Heartbeats, 'newestUs' | 'ageMs'>
  readonly disks: Pick<ServerDisks, 'ofBrokers' | 'ofQuestdb'>
  readonly suspended: Pick<SuspendedTables, 'names'>
  readonly ready: Pick<ReadyTables, 'differences' | 'untilAll'>
  readonly held: Pick<HeldDatasets, 'all'>
  /** Why QuestDB takes no rows at the moment, if it does not. */
  readonly storeProblem: () => string | null
}

/** What GET /status shows. */
export function statusOf(deps: StatusDeps): SinkStatus {
  const { counts, heartbeats, suspended } = deps
  const lags = lagByDataset(deps)
  const datasets = [...counts.datasets].map(([name, { received, stored, lastTimestamp }]) => {
    const { records, ageMs } = lags.get(name)!
    return [name, { received, stored, lastTimestamp, lag: records, lagMs: ageMs === null ? null : Math.round(ageMs) }] as const
  })
  return {
    ...serviceStatus('sink'),
    datasets: Object.fromEntries(datasets),
    heartbeat: { timestamp: heartbeats.newestUs ?? null, ageMs: heartbeats.ageMs === undefined ? null : Math.round(heartbeats.ageMs) },
    deadLetters: sum([...counts.datasets.values()].flatMap(({ deadLetters }) => [...deadLetters.values()])),
    suspended: suspended.names,
    held: heldIn(deps),
  }
}

/** The datasets that are not read or not stored while others are, each with every reason there is. */
export function heldIn({ reader, ready, held }: Pick<StatusDeps, 'reader' | 'ready' | 'held'>): UnstoredDataset[] {
  return [
    ...reader.unread
      .filter(({ topic, reason }) => reason !== 'not_begun' || !ready.differences.has(entityOfTopic(topic)!.table.name))
      .map(({ topic, reason, message }) => ({ dataset: entityOfTopic(topic)!.name, reason, message })),
    ...[...ready.differences].map(([table, difference]) => ({
      dataset: table,
      reason: 'table_differs',
      message: `Its table is not as the catalogue has it: run \`tickhouse tables apply\` (${difference})`,
    })),
    ...held.all.map(({ dataset, reason }) => ({ dataset, reason: 'not_stored', message: `Its rows are not stored: ${reason}` })),
  ]
}

/** What keeps the sink from doing its work. */
export function problemsOf(deps: StatusDeps): Problem[] {
  const { reader, suspended, storeProblem } = deps
  const problems: Problem[] = suspended.names.map(table => ({ component: 'questdb', message: `table ${table} is suspended` }))
  const refused = storeProblem()
  if (refused !== null) problems.push({ component: 'questdb', message: refused })
  for (const { dataset, reason, message } of heldIn(deps))
    problems.push({
      component: reason === 'table_differs' || reason === 'not_stored' ? 'questdb' : 'kafka',
      message: `${dataset} is held: ${message}`,
    })
  const { standstill } = reader
  if (standstill !== null) problems.push({ component: componentOf(standstill), message: sentenceFor(standstill) })
  else if (reader.progress.length === 0) problems.push({ component: 'kafka', message: 'no partitions are being read' })
  return problems
}

const waits: Readonly<Record<Standstill['waitsFor'], string>> = {
  group: 'no place in the group',
  start: 'where to begin to read is not known',
  records: 'Kafka cannot be read',
}

/** Waiting for a place is the group's affair, and for where to begin also QuestDB's, unless Kafka is known to fail. */
function componentOf({ waitsFor, reason }: Standstill): string {
  return waitsFor === 'records' || reason !== null ? 'kafka' : waitsFor === 'group' ? 'group' : 'reading'
}

function sentenceFor({ waitsFor, forMs, reason }: Standstill): string {
  return `${waits[waitsFor]}, nothing was read for ${Math.round(forMs / 1_000)} s${reason === null ? '' : `: ${reason}`}`
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}
