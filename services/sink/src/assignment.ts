import type { PartitionState, Position, StartAt } from '@tickhouse/bus'
import { partitionKey } from '@tickhouse/bus'
import { type Entity, entityOfTopic } from '@tickhouse/catalogue'
import { type Logger, messageOf, retry } from '@tickhouse/runtime'
import type { Store } from '@tickhouse/store'
import { type Commits, lastRowOf } from './commits.ts'
import type { SinkMetrics } from './metrics.ts'
import type { ReadyTables } from './ready-tables.ts'
import type { LastRow } from './rows.ts'

/** How far a table is known to hold a partition: all that was committed, or only up to its last row (null: none). */
export type Held = 'all' | { readonly lastOffset: number | null }

/** Records that can no longer be read: those of the offsets `from` to `to` (excluded), or, of a topic made anew, nobody knows how many. */
export type Lost =
  | { readonly reason: 'records_expired'; readonly from: number; readonly to: number }
  | { readonly reason: 'topic_recreated'; readonly from: number; readonly to: null }

/** Where to begin, and what is missing from there on backwards; null when nothing is. */
export interface Start {
  readonly offset: number
  readonly lost: Lost | null
}

/** Decides where to begin: at what was committed, or behind the last row that the table holds, whichever is lower. */
export function startOf({ committed, earliest, latest }: Pick<PartitionState, 'committed' | 'earliest' | 'latest'>, held: Held): Start {
  if (committed === null) return { offset: earliest, lost: null }
  const wanted = held === 'all' ? committed.offset : Math.min(committed.offset, held.lastOffset === null ? 0 : held.lastOffset + 1)
  if (committed.offset > latest) return { offset: earliest, lost: { reason: 'topic_recreated', from: committed.offset, to: null } }
  if (wanted >= earliest) return { offset: wanted, lost: null }
  return { offset: earliest, lost: { reason: 'records_expired', from: wanted, to: earliest } }
}

/** What deciding needs. */
export interface AssignmentParts {
  readonly store: Pick<Store, 'holds' | 'lastOffset'>
  readonly ready: Pick<ReadyTables, 'until'>
  readonly commits: Commits
  readonly metrics: SinkMetrics
  readonly log: Logger
  readonly signal: AbortSignal
  /** Publishes a gap for what is lost; resolves when Kafka has it. */
  readonly onLost: (state: PartitionState, lost: Lost, last: LastRow | undefined) => Promise<void>
}

/**
 * Where the sink begins to read its partitions, as soon as their table is ready. The table is the truth: after a power loss or a restore it may hold less than what was
 * committed, and is then filled again from Kafka.
 */
export function createStartAt(parts: AssignmentParts): StartAt {
  return async partitions => {
    for (const topic of new Set(partitions.map(({ topic }) => topic))) await parts.ready.until(entityOfTopic(topic)!.table)
    const positions: Position[] = []
    for (const state of partitions) positions.push(await beginPartition(state, parts))
    return positions
  }
}

async function beginPartition(state: PartitionState, parts: AssignmentParts): Promise<Position> {
  const { commits, metrics, log } = parts
  const { topic, partition, committed } = state
  const entity = entityOfTopic(topic)!
  const last = committed === null ? undefined : (lastRowOf(committed.metadata) ?? commits.lastRow(partitionKey(state)))
  const held = await heldBy(entity, state, last, parts)
  const { offset, lost } = startOf(state, held)
  if (held !== 'all') {
    metrics.refilled.inc({ dataset: entity.name })
    log.warn(
      { table: entity.table.name, topic, partition, committed: committed?.offset, offset },
      'The table is behind what was committed and is filled again',
    )
  }
  if (lost !== null) await parts.onLost(state, lost, last)
  const isKnown = held === 'all' && lost?.reason !== 'topic_recreated'
  commits.begin({ topic, partition, offset }, isKnown ? last : undefined)
  return { topic, partition, offset }
}

/** Asks the table for the row that the commit names; without a name there is nothing to ask for. */
async function heldBy(
  { table }: Entity,
  { partition, committed }: PartitionState,
  last: LastRow | undefined,
  parts: AssignmentParts,
): Promise<Held> {
  if (committed === null || last === undefined) return 'all'
  return untilAnswered(table.name, parts, async () => {
    if (await parts.store.holds(table.name, last.timestamp, partition, last.offset, parts.signal)) return 'all'
    return { lastOffset: await parts.store.lastOffset(table.name, partition, last.timestamp, parts.signal) }
  })
}

const endsAsking = new Set(['STORE_TABLE_SUSPENDED', 'STORE_REFUSED'])

/** A table that is suspended cannot say what it holds: then the commit counts, which is not made for suspended tables. */
async function untilAnswered(table: string, { log, signal }: AssignmentParts, ask: () => Promise<Held>): Promise<Held> {
  try {
    return await retry(ask, {
      signal,
      shouldRetry: error => !endsAsking.has((error as { code?: string }).code ?? ''),
      onRetry: (error, attempt, delayMs) =>
        log.warn({ table, attempt, delayMs, reason: messageOf(error) }, 'Could not ask the table what it holds, trying again'),
    })
  } catch (error) {
    if ((error as { code?: string }).code !== 'STORE_TABLE_SUSPENDED') throw error
    log.warn({ table }, 'The table is suspended and cannot be asked what it holds')
    return 'all'
  }
}
