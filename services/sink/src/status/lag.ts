import { type GroupReader, type PartitionProgress, partitionKey } from '@tickhouse/bus'
import { entities } from '@tickhouse/catalogue'
import type { Commits } from '../read/commits.ts'
import type { Lanes } from '../store/lanes.ts'

/** What the lag is read from. */
export interface LagDeps {
  readonly reader: Pick<GroupReader, 'progress' | 'standstill'>
  readonly commits: Pick<Commits, 'doneIn' | 'lastRow'>
  readonly lanes: Pick<Lanes, 'oldest'>
}

/** How far the tables are behind Kafka in one dataset, over the partitions of this sink. */
export interface Lag {
  /** Records that are in Kafka and not stored; null when nobody knows: nothing is read, or nothing of this dataset by this sink. */
  readonly records: number | null
  /** Age of the oldest of them, ms, 0 when there is none; while nothing is read, at least for how long. Null when this sink reads nothing of this dataset. */
  readonly ageMs: number | null
}

/** Now, by both clocks. */
export interface Moment {
  /** ms since the epoch. */
  readonly wallMs: number
  /** ms, as `performance.now()` counts them. */
  readonly monotonicMs: number
}

/** The lag of every dataset. */
export function lagByDataset(
  deps: LagDeps,
  now: Moment = { wallMs: Date.now(), monotonicMs: performance.now() },
): ReadonlyMap<string, Lag> {
  const { progress, standstill } = deps.reader
  const read = Map.groupBy(progress, ({ topic }) => topic)
  return new Map(
    entities.map(entity => {
      const partitions = read.get(entity.topic.name) ?? []
      const lags = partitions.map(partition => lagOf(partition, deps, now))
      if (standstill !== null) return [entity.name, { records: null, ageMs: Math.max(standstill.forMs, ...lags.map(({ ageMs }) => ageMs)) }]
      return [entity.name, lags.length === 0 ? unknown : lags.reduce(together)]
    }),
  )
}

const unknown: Lag = { records: null, ageMs: null }

interface PartitionLag {
  readonly records: number
  readonly ageMs: number
}

function together(a: PartitionLag, b: PartitionLag): PartitionLag {
  return { records: a.records + b.records, ageMs: Math.max(a.ageMs, b.ageMs) }
}

/** The oldest record that is not stored is the first one on its way; where none is, it comes right behind the last row that is stored. */
function lagOf({ topic, partition, offset, highWatermark }: PartitionProgress, deps: LagDeps, now: Moment): PartitionLag {
  const key = partitionKey({ topic, partition })
  const { commits, lanes } = deps
  const records = Math.max(0, highWatermark - (commits.doneIn(key) ?? offset))
  if (records === 0) return { records, ageMs: 0 }
  const oldest = lanes.oldest({ topic, partition })
  if (oldest !== undefined) return { records, ageMs: Math.max(now.monotonicMs - oldest.readAtMs, ageOf(oldest.capturedMs, now.wallMs)) }
  const last = commits.lastRow(key)
  return { records, ageMs: last === undefined ? 0 : ageOf(last.timestamp / 1_000, now.wallMs) }
}

const believableMs = 400 * 86_400_000

/** How old a record is by its own time, ms; 0 for a time that cannot be right: in the future, or longer ago than any topic keeps records. */
function ageOf(timeMs: number, nowMs: number): number {
  const ageMs = nowMs - timeMs
  return ageMs > believableMs ? 0 : Math.max(0, ageMs)
}
