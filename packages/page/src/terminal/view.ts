import { ageText, counted, grouped, textTable } from '@tickhouse/runtime'
import type { SeenCollector } from '../observe/collectors.ts'
import type { DatasetState, Snapshot } from '../observe/observer.ts'

const columns = ['dataset', 'type', 'records/s', 'rows in QuestDB', 'newest row', 'Kafka lag']

/** What a person sees of a snapshot: the datasets (at most `maxDatasets` lines of them, those with rows first), totals, and how far everything is behind. */
export function view(snapshot: Snapshot, maxDatasets = Number.POSITIVE_INFINITY): string[] {
  return [...datasetLines(snapshot, columns, maxDatasets), '', ...totals(snapshot)]
}

/** The datasets of a snapshot in the given columns. */
export function datasetLines({ datasets, atMs }: Snapshot, wanted: readonly string[], maxDatasets: number): string[] {
  const shown = chosen(datasets, maxDatasets)
  const lines = textTable(
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
    'newest row': newestUs === null ? '' : ageText(atMs - newestUs / 1000),
    'Kafka lag': lag === null ? '?' : grouped(lag),
    behind: behindMs === null ? '' : ageText(behindMs),
  }
}

/** What went through, and how far everything is behind. */
export function totals({ datasets, collectors, sink }: Snapshot): string[] {
  const sum = (value: (state: DatasetState) => number) => grouped(datasets.reduce((total, state) => total + value(state), 0))
  const total = `total: ${sum(state => state.perSecond)} records/s, ${sum(state => state.rows)} rows`
  const suspended = sink && sink.suspended.length > 0 ? [`QuestDB has suspended: ${sink.suspended.join(', ')}`] : []
  const captured = collectors.length === 0 ? ['collector: does not answer'] : collectors.map(collectorLine)
  return [total, ...captured, ...(sink ? [] : ['sink: does not answer']), ...suspended]
}

/** One collector in a line. */
function collectorLine({ title, status }: SeenCollector): string {
  if (status === undefined) return `${title}: does not answer`
  const { state, journal, gaps, deadLetters } = status
  return `${title}: ${state}, journal ${counted(journal.lagRecords, 'frame')} ahead of Kafka, ${counted(gaps, 'gap')}, ${counted(deadLetters, 'dead letter')}`
}
