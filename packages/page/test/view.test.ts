import { ageText } from '@tickhouse/runtime'
import { expect, test } from 'vitest'
import type { DatasetState, Snapshot } from '../src/observe/observer.ts'
import { view } from '../src/terminal/view.ts'
import { collector, looked, sink } from './statuses.ts'

const atMs = 1_700_000_000_000

function dataset(name: string, more: Partial<DatasetState> = {}): DatasetState {
  return { dataset: name, type: '0B', perSecond: 0, rows: 0, newestUs: null, lag: null, behindMs: null, ...more }
}

function snapshot(datasets: DatasetState[]): Snapshot {
  return { atMs, datasets, ...looked(collector), sinks: [sink], sink, tablesProblem: undefined }
}

test('shows rate, rows, age of the newest row and lag per dataset, and the totals', () => {
  const busy = dataset('trade', { perSecond: 9.96, rows: 12_345, newestUs: (atMs - 400) * 1000, lag: 7 })
  expect(view(snapshot([busy, dataset('order_book', { type: '0D' })]))).toEqual([
    'dataset     type  records/s  rows in QuestDB  newest row  Kafka lag',
    '──────────  ────  ─────────  ───────────────  ──────────  ─────────',
    'trade       0B         10.0           12,345  0.4 s               7',
    'order_book  0D                             0                      ?',
    '',
    'total: 10 records/s, 12,345 rows',
    'collector: live, journal 1,234 frames ahead of Kafka, 2 gaps, 1 dead letter',
  ])
})

test('leaves out the datasets with the fewest rows when the terminal is too small', () => {
  const lines = view(snapshot([dataset('a'), dataset('b', { rows: 5 }), dataset('c', { rows: 9 })]), 2)
  expect(lines.map(line => line.split(' ')[0])).toEqual(['dataset', expect.anything(), 'b', 'c', '…', '', 'total:', 'collector:'])
})

test('says which service does not answer and which tables are suspended', () => {
  const lines = view({ ...snapshot([]), ...looked(undefined), sink: { ...sink, suspended: ['trade'] } })
  expect(lines).toContain('collector: does not answer')
  expect(lines).toContain('QuestDB has suspended: trade')
  expect(view({ ...snapshot([]), sink: undefined })).toContain('sink: does not answer')
})

test.each([
  [400, '0.4 s'],
  [-20, '0.0 s'],
  [12_400, '12 s'],
  [180_000, '3 min'],
  [7_300_000, '2 h'],
])('an age of %i ms reads %s', (ms, text) => {
  expect(ageText(ms)).toBe(text)
})
