import { entityIndex, type Instrument, readItem } from '@tickhouse/catalogue'
import { createLogger } from '@tickhouse/runtime'
import { expect, test } from 'vitest'
import { ItemFlow } from '../../src/counts/item-flow.ts'
import type { SilentItem } from '../../src/journal/unregistered.ts'

const secondUs = 1_000_000
const minuteUs = 60 * secondUs
const startUs = Date.UTC(2026, 10, 23, 0) * 1000
const log = createLogger({ name: 'test', level: 'silent' })

/** A session whose time a test moves on: every second of it, a record of each item named. */
function flowing(
  stocks: readonly string[],
  { sectors = ['001'], silenceMs = 15 * 60_000, refused = [] as { types: string[]; items: string[] }[] } = {},
) {
  const said: string[] = []
  const silent: SilentItem[] = []
  const requests = [
    { groupNumber: '1', types: ['0B', '0D'], items: stocks },
    { groupNumber: '1', types: ['0J'], items: sectors },
    { groupNumber: '1', types: ['0s'], items: [''] },
  ]
  const observer = {
    silent: (item: SilentItem) => {
      silent.push(item)
      said.push(`${item.item} silent`)
    },
    spoke: (item: string) => void said.push(`${item} back`),
    refused: () => refused,
  }
  const flow = new ItemFlow(requests, silenceMs, observer, log)
  let instruments = new Map<string, Instrument>()
  let nowUs = startUs
  const instrumentOf = (item: string) => {
    const known = instruments.get(item) ?? readItem(item)!
    instruments.set(item, known)
    return known
  }
  const pass = (minutes: number, items: readonly string[], session = 's1', dataset = 'trade') => {
    for (const endUs = nowUs + minutes * minuteUs; nowUs < endUs; nowUs += secondUs)
      for (const [index, item] of items.entries()) flow.seen(entityIndex.get(dataset)!, instrumentOf(item), session, nowUs + index)
  }
  const forget = () => {
    instruments = new Map()
  }
  const sleep = (minutes: number) => {
    nowUs += minutes * minuteUs
  }
  return { flow, said, silent, pass, forget, sleep }
}

test('an item of which nothing ever comes is named once others of its kind have flowed for a quarter of an hour', () => {
  const { flow, said, silent, pass } = flowing(['005930', '000660', '999999'])
  pass(15, ['005930', '000660'])
  expect(said).toEqual([])
  pass(1, ['005930', '000660'])
  expect(said).toEqual(['999999 silent'])
  expect(silent).toEqual([
    {
      item: '999999',
      types: ['0B', '0D'],
      lastTimestamp: null,
      evidence: 'nothing came since it was registered, while others of its kind flowed for 901 s',
    },
  ])
  pass(60, ['005930', '000660'])
  expect([[...flow.silent.keys()], said.length]).toEqual([['999999'], 1])
})

test('one other item that flows is enough, and any code is found out, whatever the venue makes of it', () => {
  const { flow, pass } = flowing(['005930', '999999', '12', '005930_NX', 'KRX:005930'])
  pass(16, ['005930'])
  expect([...flow.silent.keys()]).toEqual(['999999', '12', 'KRX:005930'])
})

test('an item that comes late is named, and said to be back when it speaks', () => {
  const { flow, said, pass } = flowing(['005930', '000660'])
  pass(16, ['005930'])
  pass(1, ['005930', '000660'])
  expect([[...flow.silent.keys()], said]).toEqual([[], ['000660 silent', '000660 back']])
})

test('an item that flowed and falls silent is named by its own pace', () => {
  const { said, pass } = flowing(['005930', '000660', '035720'])
  pass(10, ['005930', '000660', '035720'])
  pass(15, ['005930', '035720'])
  expect(said).toEqual([])
  pass(1, ['005930', '035720'])
  expect(said).toEqual(['000660 silent'])
})

test('an illiquid stock of which something comes now and then is not named', () => {
  const { said, pass } = flowing(['005930', '000660', '035720'])
  for (let hour = 0; hour < 6; hour++) {
    pass(0.1, ['005930', '000660', '035720'])
    pass(25, ['005930', '000660'])
  }
  pass(60, ['005930', '000660'])
  expect(said.filter(word => word === '035720 silent').length).toBeLessThanOrEqual(1)
})

test('a closed market silences nobody: the clock of a kind stands still with it, whatever else goes on', () => {
  const { flow, said, pass, sleep } = flowing(['005930', '000660', '999999'])
  pass(10, ['005930', '000660', '001'])
  for (let hour = 0; hour < 12; hour++) {
    sleep(60)
    pass(10, ['001'])
  }
  pass(1, ['005930', '000660', '001'])
  expect([[...flow.silent.keys()], said]).toEqual([[], []])
})

test('items of one exchange are compared with each other only: KRX closes and NXT goes on', () => {
  const { said, pass } = flowing(['005930', '000660', '005930_NX', '000660_NX', '005930_AL'])
  pass(30, ['005930', '000660', '005930_NX', '000660_NX', '005930_AL'])
  pass(240, ['005930_NX', '000660_NX', '005930_AL'])
  expect(said).toEqual([])
})

test('where most fall silent at once nobody is named: they have their hours', () => {
  const { said, pass } = flowing(['005930', '000660', '035720', '051910'])
  pass(30, ['005930', '000660', '035720', '051910'])
  pass(240, ['005930'])
  expect(said).toEqual([])
})

test('an item that the venue has refused is not called silent, unless one of its types was accepted', () => {
  const { flow, pass } = flowing(['005930', '888888', '999999'], {
    refused: [
      { types: ['0B', '0D'], items: ['888888'] },
      { types: ['0D'], items: ['999999'] },
    ],
  })
  pass(16, ['005930'])
  expect([...flow.silent.keys()]).toEqual(['999999'])
})

test('orders, balances and events of the whole market that name an item are nothing that its registration brought', () => {
  const { flow, pass } = flowing(['005930', '999999'])
  for (let minute = 0; minute < 16; minute++) {
    pass(1, ['005930'])
    for (const dataset of ['order_execution', 'balance', 'volatility_interruption']) pass(0.02, ['999999'], 's1', dataset)
  }
  expect([...flow.silent.keys()]).toEqual(['999999'])
})

test('nothing is said of an item that has no other of its kind', () => {
  const { said, pass } = flowing(['005930', '000660'], { sectors: ['001'] })
  pass(60, ['005930', '000660'])
  expect(said).toEqual([])
})

test('the table holds the items of the plan, when their last records came, and no others', () => {
  const { flow, pass } = flowing(['005930', '999999'])
  pass(0.1, ['005930', '000660', ...Array.from({ length: 100 }, (_, index) => String(200_000 + index))])
  expect(flow.items.map(({ item, records, lastTimestamp }) => [item, records, lastTimestamp])).toEqual([
    ['005930', 6, startUs + 5 * secondUs],
    ['999999', 0, 0],
    ['001', 0, 0],
  ])
})

test('a new session begins anew', () => {
  const { flow, said, pass, forget } = flowing(['005930', '999999'])
  pass(16, ['005930'])
  forget()
  pass(14, ['005930'], 's2')
  expect([flow.session, [...flow.silent.keys()]]).toEqual(['s2', []])
  pass(2, ['005930'], 's2')
  expect(said).toEqual(['999999 silent', '999999 silent'])
})

test('records that come again, when publishing starts over, change nothing', () => {
  const { flow, pass, forget } = flowing(['005930', '999999'])
  pass(5, ['005930'])
  const before = structuredClone(flow.items)
  forget()
  for (let second = 0; second < 300; second++) flow.seen(entityIndex.get('trade')!, readItem('999999')!, 's1', startUs + second * secondUs)
  for (let second = 0; second < 299; second++) flow.seen(entityIndex.get('trade')!, readItem('005930')!, 's1', startUs + second * secondUs)
  expect(flow.items).toEqual(before)
})
