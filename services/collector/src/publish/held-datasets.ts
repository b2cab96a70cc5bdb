import type { Message } from '@tickhouse/bus'
import { entities } from '@tickhouse/catalogue'
import { comparePositions } from '@tickhouse/journal'
import type { DatasetCounts } from '../counts/dataset-counts.ts'
import type { Behind, JournalPoint, Waiting } from './publish-point.ts'

/** Why a dataset is held. */
export interface HoldReason {
  /** What its topic refuses, in words. */
  readonly reason: string
  readonly code: string
  /** The first record that the topic refused; it tells when the topic is well again. */
  readonly sample?: Message | undefined
}

/** A dataset that is behind the others, for whoever looks. */
export interface HeldDataset {
  readonly dataset: string
  readonly state: 'held' | 'catching up'
  readonly reason: string
  readonly code: string
  /** When it was first seen so by this process, ms since 1970. */
  readonly sinceMs: number
  /** Records that wait, as far as they were counted, and the age of the oldest. */
  readonly records: number
  readonly ageMs: number
}

interface Hold extends HoldReason {
  state: 'held' | 'catching up'
  point: JournalPoint
  records: number
  oldestUs: number
  readonly sinceMs: number
  /** On the monotonic clock, since something waits; undefined while nothing does. */
  waitsSinceMs: number | undefined
}

/**
 * The datasets whose topics refuse what Kafka takes for others.
 *
 * A dataset *flows* until its topic is missing, refuses a record or cannot be read when that is needed. Then it is *held* at the point that the others have reached:
 * they go on without it, and its records stay in the journal. When a look at its topic finds it well, it is *catching up*: its records alone are published from its
 * point to the front of the others. There it flows again. A topic that refuses meanwhile holds it again, at the point that it has come to.
 *
 * Bounded: a dataset has one point and one sample, and what waits is counted, not kept.
 */
export class HeldDatasets {
  readonly #holds = new Map<string, Hold>()

  /** Takes up what a checkpoint says is behind, as far as the catalogue still knows it. */
  constructor(behind: readonly Behind[] = []) {
    for (const { point, datasets } of behind)
      for (const { name } of entities) {
        const waiting = datasets[name]
        if (waiting !== undefined) this.#add(name, point, waiting, notLookedAt)
      }
  }

  /** Datasets of which nothing is published now. */
  get held(): ReadonlySet<string> {
    return new Set(this.#names('held'))
  }

  /** Datasets that follow the others, and from where. */
  get late(): readonly { readonly dataset: string; readonly point: JournalPoint }[] {
    return this.#names('catching up').map(dataset => ({ dataset, point: this.#holds.get(dataset)!.point }))
  }

  /** What a held topic refused first. */
  sampleOf(dataset: string): Message | undefined {
    return this.#holds.get(dataset)?.sample
  }

  /** Holds a dataset; the others have reached `front`. Tells whether that is news. */
  hold(dataset: string, why: HoldReason, front: JournalPoint): boolean {
    const before = this.#holds.get(dataset)
    if (before === undefined) {
      this.#add(dataset, front, { records: 0, oldestUs: 0 }, why)
      return true
    }
    this.#holds.set(dataset, { ...before, ...why, sample: why.sample ?? before.sample, state: 'held' })
    return before.state === 'catching up' || before.code !== why.code
  }

  /** The topics of these datasets are well. */
  release(datasets: readonly string[]): void {
    for (const dataset of datasets) this.#holds.get(dataset)!.state = 'catching up'
  }

  /** The others have passed records of datasets that are held. */
  passed(records: DatasetCounts): void {
    for (const { dataset, count, firstTimestamp } of records) {
      const hold = this.#holds.get(dataset)
      if (hold === undefined) continue
      if (hold.records === 0) hold.oldestUs = firstTimestamp
      hold.records += count
      hold.waitsSinceMs ??= performance.now()
    }
  }

  /** Late datasets are published up to a point; those that have reached the front flow again. */
  caughtUp(datasets: readonly string[], point: JournalPoint, front: JournalPoint, published: DatasetCounts): void {
    for (const dataset of datasets) {
      const hold = this.#holds.get(dataset)
      if (hold === undefined) continue
      hold.point = point
      const { count, lastTimestamp } = published.of(dataset) ?? { count: 0, lastTimestamp: hold.oldestUs }
      hold.records = Math.max(0, hold.records - count)
      hold.oldestUs = lastTimestamp
      if (comparePositions(point.position, front.position) >= 0) this.#holds.delete(dataset)
    }
  }

  /** For the checkpoint: what is behind, by point, the lowest first. */
  behind(): Behind[] {
    const groups = Map.groupBy(this.#holds, ([, { point }]) => `${point.position.segment}/${point.position.offset}`)
    return [...groups.values()]
      .map(group => ({
        point: group[0]![1].point,
        datasets: Object.fromEntries(group.map(([dataset, { records, oldestUs }]) => [dataset, { records, oldestUs }])),
      }))
      .sort((a, b) => comparePositions(a.point.position, b.point.position))
  }

  /** Every dataset that is behind, as it is now. */
  list(): HeldDataset[] {
    return [...this.#holds].map(([dataset, { state, reason, code, sinceMs, records, oldestUs, waitsSinceMs }]) => {
      const ageMs = records === 0 ? 0 : ageOf(oldestUs, waitsSinceMs)
      return { dataset, state, reason, code, sinceMs, records, ageMs }
    })
  }

  #add(dataset: string, point: JournalPoint, { records, oldestUs }: Waiting, why: HoldReason): void {
    const waitsSinceMs = records > 0 ? performance.now() : undefined
    this.#holds.set(dataset, { ...why, state: 'held', point, records, oldestUs, sinceMs: Date.now(), waitsSinceMs })
  }

  #names(wanted: Hold['state']): string[] {
    return [...this.#holds].filter(([, { state }]) => state === wanted).map(([dataset]) => dataset)
  }
}

const notLookedAt: HoldReason = { reason: 'it was held when the process ended, and its topic was not looked at yet', code: 'NOT_LOOKED_AT' }

/** The greater of the age by the wall clock, which may be wrong, and the time that was waited for certain, ms. */
export function ageOf(capturedUs: number, waitsSinceMs: number | undefined): number {
  const waitedMs = waitsSinceMs === undefined ? 0 : performance.now() - waitsSinceMs
  return Math.max(0, Date.now() - capturedUs / 1000, waitedMs)
}
