import { entityIndex } from '@tickhouse/catalogue'
import { createLogger } from '@tickhouse/runtime'
import { expect, test } from 'vitest'
import { Flow, staleDatasets } from '../../src/counts/dataset-flow.ts'

const secondUs = 1_000_000
const minuteUs = 60 * secondUs
const startUs = Date.UTC(2026, 10, 23, 0) * 1000

/** A session whose time a test moves on: every second of it, a record of each dataset named. */
function flowing() {
  const said: string[] = []
  const log = createLogger({ name: 'test', level: 'silent' })
  log.warn = ((at: { dataset: string }) => void said.push(`${at.dataset} silent`)) as typeof log.warn
  log.info = ((at: { dataset: string }) => void said.push(`${at.dataset} back`)) as typeof log.info
  const flow = new Flow(log)
  let nowUs = startUs
  const pass = (minutes: number, datasets: readonly string[], session = 's1') => {
    for (const endUs = nowUs + minutes * minuteUs; nowUs < endUs; nowUs += secondUs)
      for (const [index, dataset] of datasets.entries()) flow.seen(entityIndex.get(dataset)!, session, nowUs + index)
  }
  const sleep = (minutes: number) => {
    nowUs += minutes * minuteUs
  }
  return { flow, said, pass, sleep }
}

test('a dataset is stale when it flowed and has been silent for far longer than ever while others went on', () => {
  const at = (records: number, lastUs: number, maxPauseUs: number) => new Map([['trade', { records, lastUs, maxPauseUs }]])
  expect(staleDatasets(at(20, 0, 2 * secondUs), 15 * minuteUs)).toEqual([])
  expect(staleDatasets(at(20, 0, 2 * secondUs), 15 * minuteUs + 1)).toEqual(['trade'])
  expect(staleDatasets(at(19, 0, 2 * secondUs), 60 * minuteUs)).toEqual([])
  expect(staleDatasets(at(20, 0, 10 * minuteUs), 50 * minuteUs)).toEqual([])
  expect(staleDatasets(at(20, 0, 10 * minuteUs), 50 * minuteUs + 1)).toEqual(['trade'])
})

test('a stale dataset is said once when it begins and once when it ends', () => {
  const { flow, said, pass } = flowing()
  pass(5, ['trade', 'order_book'])
  pass(14, ['order_book'])
  expect([flow.stale, said]).toEqual([[], []])
  pass(10, ['order_book'])
  expect([flow.stale, said]).toEqual([['trade'], ['trade silent']])
  pass(1, ['trade', 'order_book'])
  expect([flow.stale, said]).toEqual([[], ['trade silent', 'trade back']])
})

test('a silence that was said is no usual pause: the next one is said as soon', () => {
  const { said, pass } = flowing()
  for (let round = 0; round < 3; round++) {
    pass(5, ['trade', 'order_book'])
    pass(16, ['order_book'])
  }
  expect(said).toEqual(['trade silent', 'trade back', 'trade silent', 'trade back', 'trade silent'])
})

test('a closing auction and a closed market are no silence of one dataset', () => {
  const { flow, said, pass, sleep } = flowing()
  pass(5, ['trade', 'order_book'])
  pass(10, ['order_book'])
  pass(5, ['trade', 'order_book'])
  for (let hour = 0; hour < 12; hour++) {
    sleep(60)
    pass(0.1, ['market_session'])
  }
  pass(1, ['trade', 'order_book'])
  expect([flow.stale, said]).toEqual([[], []])
})

test('what came only a few times is not missed, and our own records are none', () => {
  const { flow, pass } = flowing()
  pass(0.3, ['indicative_price', 'feed_gap'])
  pass(1, ['feed_gap', 'order_book'])
  pass(60, ['order_book'])
  expect(flow.stale).toEqual([])
})

test('a new session begins anew', () => {
  const { flow, said, pass } = flowing()
  pass(5, ['trade', 'order_book'])
  pass(16, ['order_book'])
  expect(flow.stale).toEqual(['trade'])
  pass(60, ['order_book'], 's2')
  expect([flow.session, flow.stale, said]).toEqual(['s2', [], ['trade silent']])
})

test('records that come again, when publishing starts over, change nothing', () => {
  const { flow, said, pass } = flowing()
  pass(5, ['trade', 'order_book'])
  for (let index = 0; index < 100; index++) flow.seen(entityIndex.get('trade')!, 's1', startUs + index)
  pass(14, ['order_book'])
  expect(flow.stale).toEqual([])
  pass(2, ['order_book'])
  expect(said).toEqual(['trade silent'])
})
