import { type Logger, untilAborted } from '@tickhouse/runtime'
import { isRejoin, reasonOf } from '../errors.ts'
import { inTime } from '../in-time.ts'
import type { Assignment, CommittedOffset, Membership, PartitionProgress } from '../kafkajs/index.ts'
import type { BusMetrics } from '../metrics.ts'
import type { PartitionRecords } from '../records.ts'
import type { HeldTopics } from './held-topics.ts'

/** All records of one fetch. */
export interface Poll {
  readonly partitions: readonly PartitionRecords[]
  readonly bytes: number
  /** What ended the waiting: at least `minBytes` were there, or `maxWaitMs` was over. */
  readonly trigger: 'bytes' | 'time'
  /** How far reading has come in every partition of this member after this poll. */
  readonly progress: readonly PartitionProgress[]
  /** True for a topic that was held since this was read, and for all once the group has taken its partitions back: their records come again, here or elsewhere. */
  isStale(topic: string): boolean
  /** Commits when the partitions are still ours; if not, others read them again from the last commit. Never throws. */
  commit(offsets: readonly CommittedOffset[]): Promise<boolean>
}

/** What a poll works with: the place in the group that it belongs to, and where its commits are counted. */
export interface PollDeps {
  readonly membership: Membership
  readonly assignment: Assignment
  readonly held: HeldTopics
  readonly minBytes: number
  readonly commitTimeoutMs: number
  readonly metrics: BusMetrics
  readonly log: Logger
}

/** The poll that returned these records. */
export function pollOf(partitions: readonly PartitionRecords[], progress: readonly PartitionProgress[], deps: PollDeps): Poll {
  const { held, minBytes } = deps
  const { signal } = deps.assignment
  const bytes = partitions.reduce((sum, part) => sum + part.bytes, 0)
  const trigger = bytes >= minBytes ? 'bytes' : 'time'
  const turns = new Map(partitions.map(({ topic }) => [topic, held.turnOf(topic)]))
  const isStale = (topic: string) => signal.aborted || held.turnOf(topic) !== turns.get(topic)
  return { partitions, bytes, trigger, progress, isStale, commit: offsets => commit(offsets, deps) }
}

async function commit(
  offsets: readonly CommittedOffset[],
  { membership, assignment, commitTimeoutMs, metrics, log }: PollDeps,
): Promise<boolean> {
  const { signal } = assignment
  try {
    const isOurs = await inTime(untilAborted(membership.commit(assignment, offsets), signal), commitTimeoutMs)
    metrics.commits.inc({ result: isOurs ? 'done' : 'not_ours' })
    return isOurs
  } catch (error) {
    metrics.commits.inc({ result: isRejoin(error) || signal.aborted ? 'not_ours' : 'failed' })
    log.warn({ reason: reasonOf(error), partitions: offsets.length }, 'Offsets were not committed; the records will be read again')
    return false
  }
}
