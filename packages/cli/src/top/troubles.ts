import { grouped } from '../output.ts'
import { age } from '../start/view.ts'
import type { TopState } from './state.ts'

/** Something that is wrong, in words, and what to do. */
export interface Trouble {
  readonly problem: string
  readonly remedy: string
}

const behindMs = 30_000
const manyFrames = 10_000

/** Everything that is wrong; the worst first. */
export function troublesOf(state: TopState): Trouble[] {
  return [...processTroubles(state), ...suspendedTables(state), ...delays(state), ...losses(state)]
}

function processTroubles({ processes, data, isSupervised }: TopState): Trouble[] {
  const ill = processes.filter(({ health }) => health !== 'ready')
  const again = 'the start runs it again within seconds; if not, see what it says'
  return [
    ...(isSupervised
      ? []
      : [{ problem: 'the start itself is gone, and with it all that it ran', remedy: `tickhouse start --data ${data}` }]),
    ...ill.map(({ process, health }) => ({
      problem: `${process}: ${health}`,
      remedy: health === 'gone' && isSupervised ? again : `tickhouse doctor --data ${data}`,
    })),
  ]
}

function suspendedTables({ snapshot: { sink } }: TopState): Trouble[] {
  return (sink?.suspended ?? []).map(table => ({
    problem: `QuestDB takes rows of ${table} without showing them`,
    remedy: `ALTER TABLE ${table} RESUME WAL;   (once the cause is gone)`,
  }))
}

function delays({ snapshot: { datasets, collector }, data }: TopState): Trouble[] {
  const late = datasets.filter(dataset => (dataset.behindMs ?? 0) > behindMs)
  const frames = collector?.journal.lagRecords ?? 0
  return [
    ...(frames > manyFrames
      ? [{ problem: `the journal is ${grouped(frames)} frames ahead of Kafka`, remedy: `tickhouse doctor --data ${data}` }]
      : []),
    ...late.map(({ dataset, behindMs: ms, lag }) => ({
      problem: `${dataset} is ${age(ms!)} and ${grouped(lag ?? 0)} records behind`,
      remedy: `tickhouse doctor --data ${data}`,
    })),
  ]
}

function losses({ today, data }: TopState): Trouble[] {
  const { gaps = 0, deadLetters = 0 } = today ?? {}
  return [
    ...(gaps > 0 ? [{ problem: `${gaps} gaps today`, remedy: `tickhouse tail feed_gap --since 24h --data ${data}` }] : []),
    ...(deadLetters > 0
      ? [{ problem: `${deadLetters} dead letters today`, remedy: `tickhouse tail dead_letter --since 24h --data ${data}` }]
      : []),
  ]
}
