import { type FetchPosition, type PartitionState, partitionKey, type RecordAt, type StartAt } from '@tickhouse/bus'
import { type Entity, entityOfTopic } from '@tickhouse/catalogue'
import { type Logger, messageOf, retry } from '@tickhouse/runtime'
import type { Store } from '@tickhouse/store'
import type { SinkMetrics } from '../metrics.ts'
import type { ReadyTables } from '../tables/ready-tables.ts'
import { type LastRow, lastRowOf, topicIdIn } from './commit-metadata.ts'
import type { Commits, LookAtTables } from './commits.ts'
import { isOfSameTopic } from './same-topic.ts'

/** How far a table is known to hold a partition: all that was committed, or only up to its last row (null: none). */
export type Contained = 'all' | { readonly lastOffset: number | null }

/** Records that can no longer be read: those of the offsets `from` to `to` (excluded), or, of a topic made anew, nobody knows how many. */
export type Lost =
  | { readonly reason: 'records_expired'; readonly from: number; readonly to: number }
  | { readonly reason: 'topic_recreated'; readonly from: number; readonly to: null }

/** Where to begin, and what is missing from there on backwards; null when nothing is. */
export interface Start {
  readonly offset: number
  readonly lost: Lost | null
}

/**
 * Decides where to begin: at what was committed, or behind the last row that the table holds, whichever is lower. Without a commit all that Kafka
 * has is read, and the table's last row tells what is missing before that. Of a topic that was made anew nothing is skipped.
 */
export function startOf(
  { committed, earliest, latest }: Pick<PartitionState, 'committed' | 'earliest' | 'latest'>,
  contained: Contained,
  isSameTopic = true,
): Start {
  const stored = contained === 'all' ? (committed?.offset ?? earliest) : (contained.lastOffset ?? -1) + 1
  const done = committed?.offset ?? stored
  if (!isSameTopic || done > latest) return { offset: earliest, lost: { reason: 'topic_recreated', from: done, to: null } }
  const wanted = Math.min(done, stored)
  if (wanted < earliest) return { offset: earliest, lost: { reason: 'records_expired', from: wanted, to: earliest } }
  return { offset: committed === null ? earliest : wanted, lost: null }
}

/** What deciding needs. */
export interface AssignmentDeps {
  readonly store: Pick<Store, 'holds' | 'lastOffset' | 'lastRow'>
  readonly ready: Pick<ReadyTables, 'until'>
  readonly lookAtTables: LookAtTables
  readonly commits: Commits
  readonly metrics: SinkMetrics
  readonly log: Logger
  readonly signal: AbortSignal
  /** Publishes a gap for what is lost; resolves when Kafka has it. */
  readonly onLost: (state: PartitionState, lost: Lost, last: LastRow | undefined) => Promise<void>
}

/**
 * Where the sink begins to read its partitions, as soon as their table is ready. The table is the truth: after a power loss or a restore it may
 * hold less than what was committed, and is then filled again from Kafka; and it still knows what it holds when Kafka has forgotten what was
 * committed.
 */
export function createStartAt(deps: AssignmentDeps): StartAt {
  return async (partitions, recordAt) => {
    for (const topic of new Set(partitions.map(({ topic }) => topic))) await untilKnown(entityOfTopic(topic)!, deps)
    const positions: FetchPosition[] = []
    for (const state of partitions) positions.push(await beginPartition(state, recordAt, deps))
    return positions
  }
}

/** Resolves when the table is there, and known: another one by its name is noticed from now on. */
async function untilKnown({ table }: Entity, deps: AssignmentDeps): Promise<void> {
  await deps.ready.until(table)
  await untilAnswered(table.name, deps, deps.lookAtTables, undefined)
}

/** What was done of a partition before, by the commit, by this process, or by the table. */
interface Before {
  readonly committed: PartitionState['committed']
  readonly topicId: string | undefined
  readonly last: LastRow | undefined
  readonly contained: Contained
}

async function beginPartition(state: PartitionState, recordAt: RecordAt, deps: AssignmentDeps): Promise<FetchPosition> {
  const { commits, metrics, log } = deps
  const { topic, partition, topicId } = state
  const entity = entityOfTopic(topic)!
  const before = await beforeIn(entity, state, deps)
  const isSameTopic = await isOfSameTopic(state, before, recordAt, log)
  const { committed, last, contained } = before
  const { offset, lost } = startOf({ ...state, committed }, contained, isSameTopic)
  if (committed !== null && contained !== 'all' && isSameTopic) {
    metrics.refilled.inc({ dataset: entity.name })
    log.warn(
      { table: entity.table.name, topic, partition, committed: committed.offset, offset },
      'The table is behind what was committed and is filled again',
    )
  }
  if (lost !== null) await deps.onLost({ ...state, committed }, lost, last)
  const isKnown = committed !== null && contained === 'all' && lost?.reason !== 'topic_recreated'
  commits.begin({ topic, partition, offset }, isKnown ? last : undefined, topicId ?? undefined)
  return { topic, partition, offset }
}

/** Kafka forgets what was committed for a topic that is deleted; whoever has read it until now has not. */
async function beforeIn(entity: Entity, state: PartitionState, deps: AssignmentDeps): Promise<Before> {
  const key = partitionKey(state)
  const { commits } = deps
  const done = commits.doneIn(key)
  const committed = state.committed ?? (done === undefined ? null : { offset: done, metadata: '' })
  if (committed === null) return beforeByTable(entity, state, deps)
  const topicId = topicIdIn(committed.metadata) ?? commits.topicId(key)
  const last = lastRowOf(committed.metadata) ?? commits.lastRow(key)
  const isOther = topicId !== undefined && state.topicId !== null && topicId !== state.topicId
  return { committed, topicId, last, contained: isOther ? 'all' : await containedIn(entity, state, last, deps) }
}

async function beforeByTable({ table }: Entity, { partition }: PartitionState, deps: AssignmentDeps): Promise<Before> {
  const ask = async () => (await deps.store.lastRow(table.name, partition, deps.signal)) ?? undefined
  const last = await untilAnswered(table.name, deps, ask, undefined)
  return { committed: null, topicId: undefined, last, contained: { lastOffset: last?.offset ?? null } }
}

/** Asks the table for the row that the commit names; without a name there is nothing to ask for. */
async function containedIn(
  { table }: Entity,
  { partition }: PartitionState,
  last: LastRow | undefined,
  deps: AssignmentDeps,
): Promise<Contained> {
  if (last === undefined) return 'all'
  const ask = async (): Promise<Contained> => {
    if (await deps.store.holds(table.name, last.timestamp, partition, last.offset, deps.signal)) return 'all'
    return { lastOffset: await deps.store.lastOffset(table.name, partition, last, deps.signal) }
  }
  return untilAnswered(table.name, deps, ask, 'all')
}

const endsAsking = new Set(['STORE_TABLE_SUSPENDED', 'STORE_REFUSED'])

/** A table that is suspended cannot say what it holds: then the commit counts, which is not made for suspended tables. */
async function untilAnswered<T>(table: string, { log, signal }: AssignmentDeps, ask: () => Promise<T>, otherwise: T): Promise<T> {
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
    return otherwise
  }
}
