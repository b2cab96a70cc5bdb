import { counted, grouped, table } from '../output.ts'
import type { DatasetState, Snapshot } from './observe.ts'

const columns = ['dataset', 'type', 'records/s', 'rows in QuestDB', 'newest row', 'Kafka lag']

/** What a person sees of a snapshot: the datasets (at most `maxDatasets` lines of them, those with rows first), totals, and how far everything is behind. */
export function view(snapshot: Snapshot, maxDatasets = Number.POSITIVE_INFINITY): string[] {
  return [...datasetLines(snapshot, columns, maxDatasets), '', ...totals(snapshot)]
}

/** The datasets of a snapshot in the given columns. */
export function datasetLines({ datasets, atMs }: Snapshot, wanted: readonly string[], maxDatasets: number): string[] {
  const shown = chosen(datasets, maxDatasets)
  const lines = table(
    shown.map(state => cells(state, atMs)),
    wanted,
  ).split('\n')
  const left = datasets.length - shown.length
  return [...lines, ...(left > 0 ? [`… ${left} more datasets`] : [])]
}

function chosen(datasets: readonly DatasetState[], max: number): readonly DatasetState[] {
  if (datasets.length <= max) return datasets
  const busiest = [...datasets].sort((a, b) => b.rows - a.rows).slice(0, Math.max(1, max))
  return datasets.filter(state => busiest.includes(state))
}

function cells({ dataset, type, perSecond, rows, newestUs, lag, behindMs }: DatasetState, atMs: number) {
  return {
    dataset,
    type,
    'records/s': perSecond === 0 ? '' : perSecond.toFixed(perSecond < 10 ? 1 : 0),
    'rows in QuestDB': grouped(rows),
    'newest row': newestUs === null ? '' : age(atMs - newestUs / 1000),
    'Kafka lag': lag === null ? '?' : grouped(lag),
    behind: behindMs === null ? '' : age(behindMs),
  }
}

/** What went through, and how far everything is behind. */
export function totals({ datasets, collector, sink }: Snapshot): string[] {
  const sum = (value: (state: DatasetState) => number) => grouped(datasets.reduce((total, state) => total + value(state), 0))
  const total = `total: ${sum(state => state.perSecond)} records/s, ${sum(state => state.rows)} rows`
  const journal = collector
    ? `collector: ${collector.state}, journal ${counted(collector.journal.lagRecords, 'frame')} ahead of Kafka, ${counted(collector.gaps, 'gap')}, ${counted(collector.deadLetters, 'dead letter')}`
    : 'collector: does not answer'
  const suspended = sink && sink.suspended.length > 0 ? [`QuestDB has suspended: ${sink.suspended.join(', ')}`] : []
  return [total, journal, ...(sink ? [] : ['sink: does not answer']), ...suspended]
}

/** `0.4 s`, `12 s`, `3 min`, `2 h`. */
export function age(ms: number): string {
  if (ms < 10_000) return `${Math.max(0, ms / 1000).toFixed(1)} s`
  if (ms < 120_000) return `${Math.round(ms / 1000)} s`
  return ms < 7_200_000 ? `${Math.round(ms / 60_000)} min` : `${Math.round(ms / 3_600_000)} h`
}
