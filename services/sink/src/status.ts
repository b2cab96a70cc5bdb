import type { RoundReader, Standstill } from '@tickhouse/bus'
import { entityOfTopic } from '@tickhouse/catalogue'
import { type Problem, type SinkStatus, serviceStatus, type UnstoredDataset } from '@tickhouse/runtime'
import type { Heartbeats } from './heartbeats.ts'
import type { HeldDatasets } from './held-datasets.ts'
import { type LagParts, lagByDataset } from './lag.ts'
import type { Ledger } from './ledger.ts'
import type { ReadyTables } from './ready-tables.ts'
import type { ServerDisks } from './server-disks.ts'
import type { SuspendedTables } from './suspended-tables.ts'
import type { SinkTables } from './tables.ts'

/** What the status is read from. */
export interface StatusParts extends LagParts {
  readonly reader: Pick<RoundReader, 'progress' | 'standstill' | 'unread'>
  readonly ledger: Ledger
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
export function statusOf(parts: StatusParts): SinkStatus {
  const { ledger, heartbeats, suspended } = parts
  const lags = lagByDataset(parts)
  const datasets = [...ledger.datasets].map(([name, tally]) => {
    const { records, ageMs } = lags.get(name)!
    return [name, { ...tally, lag: records, lagMs: ageMs === null ? null : Math.round(ageMs) }] as const
  })
  return {
    ...serviceStatus('sink'),
    datasets: Object.fromEntries(datasets),
    heartbeat: { timestamp: heartbeats.newestUs ?? null, ageMs: heartbeats.ageMs === undefined ? null : Math.round(heartbeats.ageMs) },
    deadLetters: ledger.deadLetters,
    suspended: suspended.names,
    held: heldIn(parts),
  }
}

/** The datasets that are not read or not stored while others are, each with every reason there is. */
export function heldIn({ reader, ready, held }: Pick<StatusParts, 'reader' | 'ready' | 'held'>): UnstoredDataset[] {
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
export function problemsOf(parts: StatusParts): Problem[] {
  const { reader, suspended, storeProblem } = parts
  const problems: Problem[] = suspended.names.map(table => ({ component: 'questdb', message: `table ${table} is suspended` }))
  const refused = storeProblem()
  if (refused !== null) problems.push({ component: 'questdb', message: refused })
  for (const { dataset, reason, message } of heldIn(parts))
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
