import { type Registry, readMetrics } from '@tickhouse/runtime'
import { sinkReadings } from '../metrics.ts'
import type { DatasetCounts } from '../store/counts.ts'
import { lagByDataset } from './lag.ts'
import { heldIn, type StatusDeps } from './status.ts'

/** Lets the metrics be read from a running sink that are not counted where they happen. */
export function declareReadings(registry: Registry, deps: StatusDeps): void {
  const { disks, heartbeats, counts, tables } = deps
  readMetrics(registry, sinkReadings, {
    heartbeatAge: () => (heartbeats.ageMs ?? Number.NaN) / 1_000,
    heldDatasets: () => heldIn(deps).map(({ dataset, reason }) => [{ dataset, reason }, 1] as const),
    lagRecords: () => lagsOf(deps).map(([dataset, { records }]) => [{ dataset }, records ?? Number.NaN] as const),
    lagSeconds: () => lagsOf(deps).map(([dataset, { ageMs }]) => [{ dataset }, ageMs! / 1_000] as const),
    kafkaDisk: () => disks.ofBrokers.map(([broker, freeBytes]) => [{ broker }, freeBytes] as const),
    questdbDisk: () => disks.ofQuestdb,
    discarded: () => [
      [{ reason: 'dead_letter_refused', intentional: 'false' }, counts.discardedLetters],
      [{ reason: 'unknown_member', intentional: 'false' }, sum(tables.unknownMembers.values())],
    ],
    received: () => perDataset(deps, ({ received }) => received),
    stored: () => perDataset(deps, ({ stored }) => stored),
    deadLetters: () =>
      [...counts.datasets].flatMap(([dataset, { deadLetters }]) =>
        [...deadLetters].map(([reason, count]) => [{ dataset, reason }, count] as const),
      ),
  })
}

/** Without the datasets of which nothing came. */
function perDataset({ counts }: StatusDeps, read: (counts: DatasetCounts) => number) {
  return [...counts.datasets].filter(([, { received }]) => received > 0).map(([dataset, own]) => [{ dataset }, read(own)] as const)
}

/** Without the datasets of which this sink reads nothing: others do. */
function lagsOf(deps: StatusDeps) {
  return [...lagByDataset(deps)].filter(([, { ageMs }]) => ageMs !== null)
}

function sum(values: Iterable<number>): number {
  return [...values].reduce((total, value) => total + value, 0)
}
