import { describe, expect, it } from 'vitest'
import { type DatasetName, datasetOfTopic, schemas } from '../src/index.ts'
import { Interpreter, topicsFor, type Wanted } from '../src/interpreter.ts'
import { goldenRecords } from './golden.ts'

const { trade, feed_gap, feed_session, feed_heartbeat, dead_letter } = schemas
const header = { timestamp: 1_000, symbol: '005930', venue: 'KRX', session: 's1', seq: 1 }

/** Reads topics of one partition each from their beginnings; `put` gives what a record tells. */
function interpreterOf<D extends DatasetName>(wanted: Partial<Wanted<D>> & Pick<Wanted<D>, 'datasets'>, tellAt = 0) {
  const interpreter = new Interpreter<D>({ readsDeadLetters: true, ...wanted })
  for (const topic of topicsFor(wanted.datasets)) interpreter.begin(topic, [{ partition: 0, readAt: 0, tellAt }])
  const next = new Map<string, number>()
  const put = (topic: string, record: object | string) => {
    const offset = next.get(topic) ?? 0
    next.set(topic, offset + 1)
    const value = Buffer.from(typeof record === 'string' ? record : JSON.stringify({ ...header, ...record }))
    return interpreter.take(topic, 0, { offset: String(offset), value }, tellAt)
  }
  return { interpreter, put }
}

describe('what is told of records', () => {
  it('each dataset that is asked for comes as records, each once', () => {
    const datasets = Object.keys(schemas) as DatasetName[]
    const { interpreter, put } = interpreterOf({ datasets })
    const told = goldenRecords.map(({ topic, value }) => put(topic, value))
    expect(told.map(event => event?.kind === 'record' && [event.dataset, event.record])).toEqual(
      goldenRecords.map(({ topic, value }) => [datasetOfTopic(topic), JSON.parse(value)]),
    )
    expect(goldenRecords.map(({ topic, value }) => put(topic, value)).filter(Boolean)).toEqual([])
    expect(interpreter.repeats).toBe(goldenRecords.length)
  })

  it('one symbol, from a time on', () => {
    const { put } = interpreterOf({ datasets: ['trade'], symbols: ['005930'], sinceUs: 2_000 })
    expect(put(trade.topic, { seq: 1 })).toBeUndefined()
    expect(put(trade.topic, { seq: 2, timestamp: 2_000, symbol: '000660' })).toBeUndefined()
    expect(put(trade.topic, { seq: 3, timestamp: 2_000 })).toMatchObject({ kind: 'record', dataset: 'trade', record: { seq: 3 } })
  })

  it('what was told in an earlier life is known, and not told', () => {
    const { put } = interpreterOf({ datasets: ['trade'] }, 2)
    expect([put(trade.topic, { seq: 1 }), put(trade.topic, { seq: 2 })]).toEqual([undefined, undefined])
    expect(put(trade.topic, { seq: 2 })).toBeUndefined()
    expect(put(trade.topic, { seq: 3 })).toMatchObject({ record: { seq: 3 }, place: { offset: 3 } })
  })

  it('a value that is no record is told, and the next one goes on', () => {
    const { put } = interpreterOf({ datasets: ['trade'] })
    expect(put(trade.topic, 'garbage')).toMatchObject({ kind: 'unreadable', place: { topic: trade.topic, partition: 0, offset: 0 } })
    expect(put(trade.topic, {})).toMatchObject({ kind: 'record' })
  })
})

describe('what is told of the capture', () => {
  it('a gap comes where it concerns a dataset that is asked for', () => {
    const { put } = interpreterOf({ datasets: ['trade', 'order_book'] })
    const gap = { reason: 'silent', symbol: '*', venue: '*' }
    expect(put(feed_gap.topic, { ...gap, seq: 1, types: '0B,0J' })).toMatchObject({
      kind: 'gap',
      datasets: ['trade'],
      gap: { reason: 'silent' },
    })
    expect(put(feed_gap.topic, { ...gap, seq: 2, types: '0b' })).toBeUndefined()
    expect(put(feed_gap.topic, { ...gap, seq: 3 })).toMatchObject({ kind: 'gap', datasets: ['trade', 'order_book'] })
    expect(put(feed_gap.topic, { ...gap, seq: 3 })).toBeUndefined()
  })

  it('a session opens and closes, and its heartbeats have an age', () => {
    const { interpreter, put } = interpreterOf({ datasets: ['trade'] })
    expect(put(feed_session.topic, { event: 'open' })).toMatchObject({ kind: 'session', session: { event: 'open' } })
    expect(put(feed_heartbeat.topic, { timestamp: 5_000 })).toBeUndefined()
    expect([...interpreter.heartbeats]).toEqual([['s1', 5_000]])
    expect(put(feed_session.topic, { event: 'close', seq: 2 })).toMatchObject({ session: { event: 'close' } })
    expect([...interpreter.heartbeats]).toEqual([])
  })

  it('a jump of the numbers says what is missing and whether a dead letter stands for it, once', () => {
    const { interpreter, put } = interpreterOf({ datasets: ['trade'] })
    for (const seq of [2, 3, 7]) put(trade.topic, { seq })
    put(dead_letter.topic, { seq: 5, dataset: 'trade', stage: 'collector', reason: 'no_values' })
    const marks = interpreter.marks()
    put(trade.topic, { seq: 9 })
    const jump = { kind: 'jump', dataset: 'trade', session: 's1' }
    expect(interpreter.judge(marks)).toEqual([
      { ...jump, from: 1, to: 1, because: 'missing' },
      { ...jump, from: 4, to: 4, because: 'missing' },
      { ...jump, from: 5, to: 5, because: 'dead_letter' },
      { ...jump, from: 6, to: 6, because: 'missing' },
    ])
    expect(interpreter.judge(interpreter.marks())).toEqual([{ ...jump, from: 8, to: 8, because: 'missing' }])
    expect(put(trade.topic, { seq: 5 })).toMatchObject({ kind: 'record', record: { seq: 5 } })
  })

  it('without dead letters a jump does not say that nothing stands for it', () => {
    const { interpreter, put } = interpreterOf({ datasets: ['trade'], readsDeadLetters: false })
    put(trade.topic, { seq: 2 })
    expect(interpreter.judge(interpreter.marks())).toMatchObject([{ from: 1, to: 1, because: 'unknown' }])
  })
})
