import { expect, it } from 'vitest'
import { datasetNames, datasetOfTopic, dateOf, decode, schemas } from '../src/index.ts'
import { goldenRecords } from './golden.ts'

it.each(datasetNames)('%s: a record is what Kafka has, and it fits its schema', dataset => {
  const own = goldenRecords.filter(({ topic }) => topic === schemas[dataset].topic)
  expect(own.length).toBeGreaterThan(0)
  for (const { topic, value } of own) expect(decode(datasetOfTopic(topic), Buffer.from(value))).toEqual(JSON.parse(value))
})

it('types say what a column holds', () => {
  const trade = decode('trade', goldenRecords.find(({ topic }) => topic === schemas.trade.topic)!.value)
  const price: number | undefined = trade.price
  const side: 'buy' | 'sell' | undefined = trade.side
  // @ts-expect-error There is no such column.
  expect(trade.prize).toBeUndefined()
  expect([typeof price, ['buy', 'sell', undefined].includes(side), dateOf(trade.timestamp) instanceof Date]).toEqual(['number', true, true])
})

it('a column that is newer than the kit is kept', () => {
  const value = { ...JSON.parse(goldenRecords.find(({ topic }) => topic === schemas.trade.topic)!.value), of_tomorrow: [1] }
  expect(decode('trade', JSON.stringify(value))).toEqual(value)
})

const header = { timestamp: 1, symbol: '005930', venue: 'KRX', session: 's', seq: 1 }

it.each([
  ['nothing', null, 'it is empty'],
  ['no JSON', '{"timestamp', 'it is no JSON: {"timestamp'],
  ['another form', '[1]', 'expected a JSON object, was [1]'],
  ['no header', '{"timestamp":1}', 'expected "symbol", which every record has, and it is not there'],
  ['a text for a price', JSON.stringify({ ...header, price: '12a' }), 'expected a number in "price", was "12a"'],
  ['half a microsecond', JSON.stringify({ ...header, timestamp: 1.5 }), 'expected an integer of microseconds in "timestamp", was 1.5'],
  ['null', JSON.stringify({ ...header, volume: null }), 'expected an integer in "volume", was null'],
  ['the number 0', JSON.stringify({ ...header, seq: 0 }), 'expected a seq from 1, was 0'],
  ['what acts on a terminal', '\u001b[2J', 'it is no JSON: ·[2J'],
])('a value of %s is refused with what was expected', (_, value, says) => {
  expect(() => decode('trade', value)).toThrow(
    `A value of kiwoom.market.trade.v1 is no record of version 1: ${says}. Somebody else writes to the topic, or this kit is older than what writes it`,
  )
})

it('a topic of another version is refused with what to do', () => {
  expect(() => datasetOfTopic('kiwoom.market.trade.v2')).toThrow(
    'Topic kiwoom.market.trade.v2 is of version 2, and this kit reads version 1: install the kit of the tickhouse that writes it, or read kiwoom.market.trade.v1',
  )
  expect(() => datasetOfTopic('orders')).toThrow('Expected a topic of tickhouse such as kiwoom.market.trade.v1, was "orders"')
})
