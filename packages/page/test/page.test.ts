import { entities } from '@tickhouse/catalogue'
import type { SinkStatus } from '@tickhouse/runtime'
import { expect, test } from 'vitest'
import { captureRate, type Snapshot } from '../src/observe/observer.ts'
import { readyTogether, sinksBehind, sinksTogether } from '../src/observe/sinks.ts'
import { adviceByHand, adviceOfCompose, adviceOfStart } from '../src/state/advice.ts'
import { collectorLinesOf, flowsOf } from '../src/state/flows.ts'
import { type LatencyCount, latencyIn, meanMs } from '../src/state/latency.ts'
import { freshnessOf } from '../src/state/page-looker.ts'
import { pageProblems } from '../src/state/problems.ts'
import type { PageReading, Readiness } from '../src/state/reading.ts'
import { stagesOf } from '../src/state/stages.ts'
import { type SessionRow, timeLineOf } from '../src/state/time-line.ts'
import { collector, looked, sink } from './statuses.ts'

const atMs = 1_700_000_000_000

function snapshot(more: Partial<Snapshot> = {}): Snapshot {
  const datasets = entities.map(({ name }) => ({ dataset: name, type: '', perSecond: 0, rows: 0, newestUs: null, lag: 2, behindMs: 0 }))
  const sinks = more.sinks ?? ('sink' in more ? [more.sink].filter(each => each !== undefined) : [sink])
  return { atMs, datasets, ...looked(collector), sinks, sink: sinksTogether(sinks), tablesProblem: undefined, ...more }
}

type Given = Partial<Omit<PageReading, 'collectors'>> & { readonly readiness?: readonly Readiness[] }

/** What the page found; `readiness` is that of each collector. */
function reading({ readiness, ...more }: Given = {}): PageReading {
  const found = { snapshot: snapshot(), sink: [], today: { gaps: 0, deadLetters: 0 }, closed: null, ...more }
  const collectors = found.snapshot.collectors.map((each, index) => ({
    ...each,
    readiness: readiness === undefined ? [] : readiness[index],
  }))
  return { ...found, collectors }
}

const advice = adviceOfStart('d')
const conditions = (given: PageReading) =>
  Object.fromEntries(stagesOf(given, null).map(({ name, condition, word }) => [name, `${condition}: ${word}`]))

test('nothing is wrong when all answer and are ready', () => {
  expect(pageProblems(reading(), advice)).toEqual([])
  expect(conditions(reading())).toEqual({
    venue: 'good: flowing',
    collector: 'good: ready',
    journal: 'good: written',
    kafka: 'good: ready',
    sink: 'good: ready',
    questdb: 'good: ready',
  })
})

test('while the market is closed the venue says until when, and silent datasets are no problem', () => {
  const silent = (closed: string | null) => {
    const given = reading({ snapshot: snapshot(looked({ ...collector, feed: { ...collector.feed, stale: ['trade'] } })), closed })
    const { note, condition } = stagesOf(given, null)[0]!
    return { note, condition, problems: pageProblems(given, advice).length }
  }
  expect(silent('closed until Monday 08:00')).toEqual({ note: 'closed until Monday 08:00', condition: 'good', problems: 0 })
  expect(silent(null)).toEqual({ note: '1 dataset silent', condition: 'poor', problems: 1 })
})

test('a QuestDB that does not answer is said once, with what it means and what to do', () => {
  const away = reading({ snapshot: snapshot({ tablesProblem: 'fetch failed' }), sink: [{ component: 'questdb', message: 'refused' }] })
  expect(pageProblems(away, advice)).toEqual([
    {
      about: 'questdb',
      condition: 'bad',
      problem: 'QuestDB does not answer (fetch failed): records wait in Kafka until it does, and nothing is lost',
      remedy: expect.stringContaining('tail d/questdb/questdb.log'),
    },
  ])
  expect(conditions(away)).toMatchObject({ questdb: 'bad: no answer', sink: 'poor: not ready', kafka: 'good: ready' })
  expect(stagesOf(away, null).find(({ name }) => name === 'sink')?.note).toBe('waits for QuestDB')
})

test('what a service that is away would have told is not known, and not well', () => {
  const gone = reading({
    snapshot: snapshot({ ...looked(undefined), sink: undefined }),
    readiness: [new Error('gone')],
    sink: new Error('gone'),
  })
  expect(conditions(gone)).toMatchObject({
    venue: 'unknown: not known',
    collector: 'bad: no answer',
    journal: 'unknown: not known',
    kafka: 'unknown: not known',
    sink: 'bad: no answer',
  })
  expect(pageProblems(gone, advice).map(({ about }) => about)).toEqual(['collector', 'sink'])
})

test('Kafka, the venue and the journal speak through collector and sink', () => {
  const ill = reading({
    readiness: [
      [
        { component: 'session', message: 'session_taken' },
        { component: 'publishing', message: 'no broker' },
        { component: 'journal', message: 'the disk is full' },
      ],
    ],
    sink: [{ component: 'kafka', message: 'no partitions are being read' }],
  })
  expect(pageProblems(ill, adviceOfCompose).map(({ problem }) => problem)).toEqual([
    'Kafka takes nothing (no broker): frames wait in the journal until it does, and nothing is lost',
    'collector, session: session_taken',
    'collector, journal: the disk is full',
  ])
  expect(conditions(ill)).toMatchObject({ kafka: 'bad: no answer' })
})

test('many late datasets are one sentence, each suspended table is one of its own', () => {
  const late = snapshot().datasets.map(dataset => ({ ...dataset, behindMs: 45_000 }))
  const problems = pageProblems(
    reading({ snapshot: snapshot({ datasets: late, sink: { ...sink, suspended: ['trade', 'balance'] } }) }),
    advice,
  )
  expect(problems.map(({ problem }) => problem)).toEqual([
    'QuestDB takes rows of trade without showing them',
    'QuestDB takes rows of balance without showing them',
    `${entities.length} datasets are up to 45 s and together ${2 * entities.length} records behind`,
  ])
})

const two = { ...collector, collector: 'two', gaps: 0 }
const gone = new Error('gone')

test('two collectors that are well are one picture with what they have together, and a line each', () => {
  const given = reading({ snapshot: snapshot(looked({ ...collector, collector: 'one', reconnects: 2 }, two)) })
  expect(pageProblems(given, advice)).toEqual([])
  expect(Object.values(conditions(given)).every(word => word.startsWith('good'))).toBe(true)
  expect(stagesOf(given, null).find(({ name }) => name === 'collector')?.note).toBe('2 collectors')
  expect(collectorLinesOf(undefined, given)).toMatchObject([
    { collector: 'one', condition: 'good', word: 'ready', session: 'live', waiting: 1234, gaps: 2 },
    { collector: 'two', condition: 'good', gaps: 0 },
  ])
  expect(collectorLinesOf(undefined, reading())).toEqual([])
})

test('the one of two collectors that does not answer is named, with what brings it back', () => {
  const given = reading({ snapshot: snapshot(looked(two, undefined)), readiness: [[], gone] })
  expect(pageProblems(given, adviceOfCompose)).toEqual([
    {
      about: 'collector collector-2:9300',
      condition: 'bad',
      problem:
        'The collector collector-2:9300 (http://collector-2:9300) does not answer: nothing of its items is captured, and what the venue sends of them now is a gap',
      remedy: 'docker compose up --detach collector-2; docker compose logs --tail 20 collector-2',
    },
  ])
  expect(conditions(given)).toMatchObject({ venue: 'good: flowing', collector: 'bad: no answer', kafka: 'good: ready' })
  expect(stagesOf(given, null).find(({ name }) => name === 'collector')?.note).toBe('collector-2:9300')
  expect(collectorLinesOf(undefined, given)[1]).toMatchObject({ condition: 'bad', word: 'no answer', session: null, perSecond: null })
})

test('what one of two collectors says of itself, its session and its journal among it, has its name', () => {
  const ill = { ...two, state: 'waiting', feed: { ...two.feed, stale: ['trade'] } }
  const given = reading({
    snapshot: snapshot(looked({ ...collector, collector: 'one' }, ill)),
    readiness: [[], [{ component: 'session', message: 'session_taken' }]],
  })
  expect(pageProblems(given, advice).map(({ problem }) => problem)).toEqual([
    'collector two, session: session_taken',
    'Silent for far longer than usual with collector two: trade',
  ])
  expect(stagesOf(given, null).slice(0, 2)).toMatchObject([
    { condition: 'bad', word: 'waiting', note: 'two' },
    { condition: 'poor', word: 'not ready', note: 'two' },
  ])
})

test('what the venue said lately and items of which nothing comes are named', () => {
  const notice = (ageMs: number) =>
    ({ at: new Date(atMs - ageMs).toISOString(), kind: 'system', code: '0', text: '점검', times: 1 }) as const
  const silentItems = [{ item: '999999', types: ['0B'], lastAt: null, evidence: '' }]
  const problems = pageProblems(
    reading({ snapshot: snapshot(looked({ ...collector, notices: [notice(1_000), notice(4_000_000)], silentItems })) }),
    advice,
  )
  expect(problems).toMatchObject([
    {
      about: 'notice system 0',
      condition: 'poor',
      problem: expect.stringMatching(/^The venue said at \d\d:\d\d:\d\d \(system 0\): 점검$/),
    },
    { condition: 'poor', problem: 'Nothing comes of 999999 while others of their kind flow: do these items exist?' },
  ])
})

test('remedies are commands that work where the page runs', () => {
  const lost = reading({ today: { gaps: 2, deadLetters: 0 }, sink: new Error('gone') })
  const remedies = [advice, adviceOfCompose, adviceByHand].map(way => pageProblems(lost, way).map(({ remedy }) => remedy))
  expect(remedies).toEqual([
    [expect.stringContaining('d/logs/sink.log'), 'npx tickhouse gaps --from today --data d'],
    ['docker compose up --detach sink; docker compose logs --tail 20 sink', 'docker compose run --rm cli gaps --from today'],
    ['npx tickhouse sink', 'npx tickhouse gaps --from today'],
  ])
})

test('rates come from two looks; a service that was restarted counts from 0, one that is away has none', () => {
  const status = (received: number, published: number) => ({ ...collector, datasets: { trade: { received, published, lastTimestamp: 0 } } })
  const before = snapshot(looked(status(100, 90)))
  const now = snapshot({ atMs: atMs + 2000, ...looked(status(160, 30)), sink: undefined })
  expect(flowsOf(before, now).map(({ perSecond }) => perSecond)).toEqual([30, 30, 15, null, null])
  expect(flowsOf(undefined, now).map(({ perSecond }) => perSecond)).toEqual([null, null, null, null, null])
  expect([captureRate('trade', before, now), captureRate('balance', before, now)]).toEqual([30, 0])
})

test('several sinks are shown as one, each compared with itself, however they come and go', () => {
  const stores = (pid: number, stored: number, lag: number): SinkStatus => ({
    ...sink,
    ...{ pid, startedAt: new Date(atMs - 60_000).toISOString(), deadLetters: 1 },
    datasets: { trade: { received: stored, stored, lag, lagMs: lag, lastTimestamp: pid } },
  })
  const before = snapshot({ sinks: [stores(1, 1000, 0), stores(2, 5000, 0)] })
  const started = { ...stores(4, 10, 0), startedAt: new Date(atMs + 500).toISOString() }
  const now = snapshot({ atMs: atMs + 2000, sinks: [stores(1, 1100, 3), stores(3, 9000, 4), started] })
  expect(now.sink).toMatchObject({ deadLetters: 3, datasets: { trade: { stored: 10_110, lag: 7, lagMs: 4, lastTimestamp: 4 } } })
  expect(flowsOf(before, now).at(-1)?.perSecond).toBe(55)
  expect(flowsOf(before, snapshot({ sinks: [] })).at(-1)?.perSecond).toBeNull()
  expect(stagesOf(reading({ snapshot: now }), null).find(({ name }) => name === 'sink')?.note).toBe('3 sinks, 3 dead letters')
})

test('the newest heartbeat of any sink counts, and each suspended table once', () => {
  const beating = (timestamp: number | null, ageMs: number | null) => ({ ...sink, suspended: ['trade'], heartbeat: { timestamp, ageMs } })
  const { heartbeat, suspended } = sinksTogether([beating(null, null), beating(20, 5), beating(10, 99)])!
  expect({ heartbeat, suspended }).toEqual({ heartbeat: { timestamp: 20, ageMs: 5 }, suspended: ['trade'] })
})

test('sinks are away when none answers; one of several is said', () => {
  const gone = new Error('gone')
  expect([readyTogether([]), readyTogether([gone, gone]), readyTogether([[], []])]).toEqual([undefined, gone, []])
  expect(pageProblems(reading({ sink: readyTogether([[], gone]) }), advice).map(({ problem }) => problem)).toEqual([
    'sink, group: 1 of 2 give no answer',
  ])
})

test('a name leads to each of its addresses, one that leads nowhere to itself', async () => {
  const nowhere = 'http://nowhere.invalid:9300'
  expect(await sinksBehind(['http://localhost:9300', 'http://127.0.0.2:9301', nowhere])).toEqual([
    'http://127.0.0.1:9300',
    'http://127.0.0.2:9301',
    nowhere,
  ])
})

test('a path stays, and so does what has a certificate or is no address at all', async () => {
  const kept = ['https://localhost:9300', 'sink:9300', 'no address']
  expect(await sinksBehind(['http://localhost:9300/sinks/', ...kept])).toEqual(['http://127.0.0.1:9300/sinks', ...kept])
})

test('what waits stands at the arrow before which it waits', () => {
  const notes = flowsOf(undefined, snapshot()).map(({ note }) => note)
  expect(notes).toEqual(['', '', '1,234 wait', `${2 * entities.length} wait`, ''])
})

test('the age of the newest heartbeat counts, and that of the newest row where none came yet', () => {
  const beating = snapshot({ sink: { ...sink, heartbeat: { timestamp: 1, ageMs: 420 } } })
  expect(freshnessOf(beating)).toEqual({ ageMs: 420, of: 'heartbeat' })
  const [first, ...rest] = snapshot().datasets
  expect(freshnessOf(snapshot({ datasets: [{ ...first!, newestUs: (atMs - 700) * 1000 }, ...rest] }))).toEqual({ ageMs: 700, of: 'row' })
  expect(freshnessOf(snapshot())).toBeNull()
})

test('latency is the mean of the heartbeats since the last look', () => {
  const text =
    'x 1\ntickhouse_sink_capture_to_queryable_seconds_sum{service="sink"} 1.5\ntickhouse_sink_capture_to_queryable_seconds_count{service="sink"} 10\n'
  const now = latencyIn(text)
  expect(now).toEqual({ sum: 1.5, count: 10 })
  const counts = (...all: (LatencyCount | undefined)[]) => new Map(all.flatMap((count, sink) => (count ? [[`sink ${sink}`, count]] : [])))
  expect(meanMs(counts({ sum: 1, count: 8 }), counts(now))).toBe(250)
  expect(meanMs(counts({ sum: 1, count: 8 }, now), counts(now, now))).toBe(250)
  const nothing = [meanMs(counts(now), counts(now)), meanMs(counts(), counts(now)), meanMs(counts({ sum: 9, count: 90 }), counts(now))]
  expect([...nothing, latencyIn('x 1')]).toEqual([null, null, null, undefined])
})

test('a session lasts until its close, or until its collector has another one', () => {
  const row = (session: string, event: string, second: number, reason: string | null = null): SessionRow => ({
    atUs: second * 1e6,
    openedUs: second * 1e6,
    session,
    event,
    environment: 'mock',
    collector: 'c',
    reason,
  })
  const rows = [row('d', 'open', 40), row('b', 'close', 35, 'stopped'), row('b', 'open', 30), row('a', 'open', 10)]
  const gap = { atUs: 30e6, fromUs: 12e6, toUs: 30e6, reason: 'crashed', types: '0B,0D', symbols: null, missing: 3, session: 'b' }
  const elsewhere = { ...row('e', 'open', 41), collector: 'two' }
  expect(timeLineOf([elsewhere, ...rows], [gap])).toMatchObject({
    sessions: [{ collector: 'two' }, {}, {}, {}],
    gaps: [{ concerns: 'c; types 0B, 0D; 3 missing' }],
  })
  expect(timeLineOf(rows, [gap])).toEqual({
    environment: 'mock',
    sessions: [
      { session: 'd', collector: 'c', fromMs: 40_000, toMs: null, reason: null },
      { session: 'b', collector: 'c', fromMs: 30_000, toMs: 35_000, reason: 'stopped' },
      { session: 'a', collector: 'c', fromMs: 10_000, toMs: 30_000, reason: null },
    ],
    gaps: [{ fromMs: 12_000, toMs: 30_000, reason: 'crashed', concerns: 'types 0B, 0D; 3 missing' }],
  })
})
