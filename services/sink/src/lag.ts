import { type Progress, partitionKey, type RoundReader } from '@tickhouse/bus'
import { entities, entityOfTopic } from '@tickhouse/catalogue'
import type { Commits } from './commits.ts'
import type { InFlight } from './in-flight.ts'

/** What the lag is read from. */
export interface LagParts {
  readonly reader: Pick<RoundReader, 'progress'>
  readonly commits: Pick<Commits, 'doneIn' | 'lastRow'>
  readonly inFlight: Pick<InFlight, 'oldestMs'>
}

/** How far the tables are behind Kafka in one dataset, over the partitions of this sink. */
export interface Lag {
  /** Records that are in Kafka, as far as is known, and not stored. */
  records: number
  /** Age of the oldest of them, ms; 0 when there is none. */
  ageMs: number
}

/** The lag of every dataset. */
export function lagByDataset(parts: LagParts, nowMs = Date.now()): ReadonlyMap<string, Lag> {
  const lags = new Map(entities.map(({ name }) => [name, { records: 0, ageMs: 0 }]))
  for (const progress of parts.reader.progress) {
    const lag = lags.get(entityOfTopic(progress.topic)!.name)!
    const { records, ageMs } = lagOf(progress, parts, nowMs)
    lag.records += records
    lag.ageMs = Math.max(lag.ageMs, ageMs)
  }
  return lags
}

/** The oldest record that is not stored is the first one on its way; where none is, it comes right behind the last row that is stored. */
function lagOf({ topic, partition, offset, highWatermark }: Progress, { commits, inFlight }: LagParts, nowMs: number): Lag {
  const key = partitionKey({ topic, partition })
  const records = Math.max(0, highWatermark - (commits.doneIn(key) ?? offset))
  const oldestMs = inFlight.oldestMs(key) ?? lastStoredMs(commits.lastRow(key)?.timestamp)
  return { records, ageMs: records === 0 || oldestMs === undefined ? 0 : Math.max(0, nowMs - oldestMs) }
}

function lastStoredMs(timestampUs: number | undefined): number | undefined {
  return timestampUs === undefined ? undefined : timestampUs / 1_000
}
