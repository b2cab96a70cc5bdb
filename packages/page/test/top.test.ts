import { expect, test } from 'vitest'
import type { DatasetState } from '../src/observe/observer.ts'
import type { TopState } from '../src/observe/top-state.ts'
import { troublesOf } from '../src/observe/troubles.ts'
import { cpuSecondsIn, cpuShare, readUsage } from '../src/observe/usage.ts'
import { topView } from '../src/terminal/top.ts'
import { collector, looked, sink } from './statuses.ts'

const atMs = 1_700_000_000_000

function dataset(name: string, more: Partial<DatasetState> = {}): DatasetState {
  return { dataset: name, type: '0B', perSecond: 0, rows: 0, newestUs: null, lag: 0, behindMs: 0, ...more }
}

function state(
  more: Partial<TopState> = {},
  datasets = [dataset('trade', { perSecond: 27, rows: 1234, lag: 7, behindMs: 400 })],
): TopState {
  const journal = { ...collector.journal, bytes: 5_000_000, lagRecords: 3, lagBytes: 2_000 }
  const snapshot = {
    atMs,
    datasets,
    ...looked({ ...collector, journal, gaps: 0, deadLetters: 0 }),
    sinks: [sink],
    sink,
    tablesProblem: undefined,
  }
  const process = { process: 'sink', pid: 12, address: '', health: 'ready', cpu: 0.034, memoryBytes: 123_000_000 }
  const today = { gaps: 0, deadLetters: 0 }
  return { snapshot, processes: [process], today, start: { runningMs: 200_000, isSupervised: true, data: 'd' }, ...more }
}

test('shows processes with what they use, datasets with rate and lag, the journal, and that nothing is wrong', () => {
  expect(topView(state())).toEqual([
    'process  pid  health  CPU  memory',
    '───────  ───  ──────  ───  ────────',
    'sink      12  ready    3%  123.0 MB',
    '',
    'dataset  type  records/s  Kafka lag  behind  newest row  rows in QuestDB',
    '───────  ────  ─────────  ─────────  ──────  ──────────  ───────────────',
    'trade    0B           27          7  0.4 s                         1,234',
    '',
    'total: 27 records/s, 1,234 rows',
    'collector: live, journal 3 frames ahead of Kafka, 0 gaps, 0 dead letters',
    'journal: 5.0 MB, 2.0 kB ahead of Kafka; today: 0 gaps, 0 dead letters; running for 3 min',
    '',
    'nothing is wrong',
  ])
})

test('of a fleet it shows where each service is, a line for each collector, and which of them does not answer', () => {
  const one = { ...collector, collector: 'one', gaps: 0, deadLetters: 0 }
  const process = {
    process: 'collector one',
    pid: null,
    address: 'http://one:9300',
    health: 'ready',
    cpu: undefined,
    memoryBytes: undefined,
  }
  const away = { ...process, process: 'collector two:9300', address: 'http://two:9300', health: 'does not answer' }
  const { snapshot } = state()
  const lines = topView(state({ start: undefined, processes: [process, away], snapshot: { ...snapshot, ...looked(one, undefined) } }))
  expect(lines.slice(0, 4)).toEqual([
    'process             address          health',
    '──────────────────  ───────────────  ───────────────',
    'collector one       http://one:9300  ready',
    'collector two:9300  http://two:9300  does not answer',
  ])
  expect(lines).toContain('collector one: live, journal 1,234 frames ahead of Kafka, 0 gaps, 0 dead letters')
  expect(lines).toContain('collector collector-2:9300: does not answer')
  expect(lines).toContain('journals: 0 B, 0 B ahead of Kafka; today: 0 gaps, 0 dead letters')
  expect(lines.slice(-2)).toEqual(['! collector two:9300: does not answer', '  → tickhouse doctor'])
})

test('fits on a small terminal by leaving out the datasets with the fewest rows', () => {
  const datasets = Array.from({ length: 20 }, (_, index) => dataset(`d${index}`, { rows: index }))
  const lines = topView(state({}, datasets), 20)
  expect(lines.length).toBeLessThanOrEqual(20)
  expect(lines).toContain('nothing is wrong')
  expect(lines.some(line => line.startsWith('d19 '))).toBe(true)
})

test('says what is wrong and what to do, the worst first', () => {
  const { snapshot, processes } = state({}, [dataset('trade', { lag: 900, behindMs: 45_000 })])
  const suspending = { ...sink, suspended: ['balance'] }
  const gone = { ...processes[0]!, health: 'gone' }
  const troubles = troublesOf(state({ snapshot: { ...snapshot, sink: suspending }, processes: [gone], today: { gaps: 2, deadLetters: 1 } }))
  expect(troubles.map(({ problem }) => problem)).toEqual([
    'sink: gone',
    'QuestDB takes rows of balance without showing them',
    'trade is 45 s and 900 records behind',
    '2 gaps today',
    '1 dead letter today',
  ])
  expect(troubles.map(({ remedy }) => remedy)).toEqual([
    expect.stringContaining('runs it again'),
    expect.stringContaining('ALTER TABLE balance RESUME WAL;'),
    'tickhouse doctor --data d',
    'tickhouse gaps --from today --data d',
    'tickhouse dead-letters list --data d',
  ])
})

test('says that the start itself is gone', () => {
  expect(troublesOf(state({ start: { runningMs: 200_000, isSupervised: false, data: 'd' } }))).toEqual([
    { problem: 'the start itself is gone, and with it all that it ran', remedy: 'tickhouse start --data d' },
  ])
})

test('what does not answer is said instead of shown as nothing', () => {
  const { snapshot } = state()
  const lines = topView(state({ snapshot: { ...snapshot, ...looked(undefined) }, today: undefined }))
  expect(lines).toContain('collector: does not answer')
  expect(lines).toContain('journal: the collector does not answer; today: QuestDB does not answer; running for 3 min')
})

test('processor time is read behind the name, whatever that holds, and shared over the time between two looks', () => {
  const stat = '7 (a) b (c) S 1 7 7 0 -1 4194560 1 0 0 0 250 50 0 0 20 0 11 0 5'
  expect(cpuSecondsIn(stat)).toBe(3)
  const usage = (at: number, cpuSeconds: number) => ({ atMs: at, cpuSeconds, memoryBytes: 1 })
  expect(cpuShare(usage(1000, 3), usage(3000, 4))).toBe(0.5)
  expect([cpuShare(undefined, usage(1, 1)), cpuShare(usage(1, 1), undefined)]).toEqual([undefined, undefined])
})

test.skipIf(process.platform !== 'linux')('a running process uses memory, one that is gone tells nothing', () => {
  expect(readUsage(process.pid)?.memoryBytes).toBeGreaterThan(10_000_000)
  expect(readUsage(2 ** 30)).toBeUndefined()
})
