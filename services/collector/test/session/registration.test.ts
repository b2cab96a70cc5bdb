import { eventually } from '@tickhouse/testkit'
import { expect, test } from 'vitest'
import { entriesOf, heldUp, keepFeed } from '../feed-fixture.ts'
import { contentScript, type VenueConnection } from '../scripted-venue.ts'

type Message = Parameters<typeof contentScript.message>[1]

const full = '등록 종목이 허용 개수(100)를 초과했습니다'
const manyStocks = Array.from({ length: 120 }, (_, index) => String(100_000 + index))

/** Answers the nth REG of a connection by the given codes, 0 once they are used up. */
function answering(codes: number[]) {
  const left = [...codes]
  return (connection: VenueConnection, message: Message) => {
    if (message.trnm !== 'REG') return contentScript.message(connection, message)
    const code = left.shift() ?? 0
    connection.send({ trnm: 'REG', return_code: code, return_msg: code === 0 ? '' : full })
  }
}

test('writes a refused registration as a gap with the items and the code, and its rest when the session ends', async () => {
  const { venue, journal, keeper } = await keepFeed({ message: answering([105115]) }, { stocks: ['005930', '000660'] })
  await eventually(() => expect(keeper.state).toBe('live'))
  venue.connection.close()
  await eventually(() => expect(venue.connections).toHaveLength(2))
  const [first, rest, close] = await entriesOf(journal)
  const expected = {
    reason: 'registration_refused',
    types: ['0B', '0D'],
    symbols: ['005930', '000660'],
    evidence: `105115: ${full}`,
  }
  expect(first?.content).toMatchObject(expected)
  expect(rest?.content).toMatchObject({ ...expected, from: first?.content['to'] })
  expect(close?.kind).toBe('close')
})

test('sends a request again that came too fast', async () => {
  const { venue, journal, keeper } = await keepFeed({ message: answering([105110, 105110]) })
  await eventually(() => expect(keeper.state).toBe('live'))
  expect(venue.countOf('REG')).toBe(3)
  expect(await entriesOf(journal)).toEqual([])
})

test('writes a registration that is never answered as a gap, and registers the rest', async () => {
  let count = 0
  const message = (connection: VenueConnection, received: Message) => {
    if (received.trnm === 'REG' && count++ === 0) return
    contentScript.message(connection, received)
  }
  const { journal, keeper } = await keepFeed({ message })
  await eventually(() => expect(keeper.state).toBe('live'))
  expect((await entriesOf(journal)).map(({ content }) => content['reason'])).toEqual(['registration_unanswered'])
})

test('an answer that came while the collector was held up counts, however late it is read', async () => {
  const message = (connection: VenueConnection, received: Message) => {
    contentScript.message(connection, received)
    if (received.trnm === 'REG') heldUp(900)
  }
  const { journal, keeper } = await keepFeed({ message })
  await eventually(() => expect(keeper.state).toBe('live'))
  expect(keeper.registeredPairs).toBe(2)
  expect(await entriesOf(journal)).toEqual([])
})

test('writes what it was allowed to leave out as a gap of every session', async () => {
  const { journal, keeper } = await keepFeed({}, { stocks: manyStocks })
  await eventually(() => expect(keeper.state).toBe('live'))
  const [gap] = await entriesOf(journal)
  expect(gap?.content).toMatchObject({ reason: 'not_registered', types: ['0B', '0D'], evidence: 'connection full' })
  expect(gap?.content['symbols']).toEqual(manyStocks.slice(100))
})

test('ends the gap between two sessions only when everything is registered again', async () => {
  let answer: (() => void) | undefined
  let connections = 0
  const message = (connection: VenueConnection, received: Message) => {
    if (received.trnm === 'LOGIN') connections += 1
    if (received.trnm === 'REG' && connections === 2) answer = () => contentScript.message(connection, received)
    else contentScript.message(connection, received)
  }
  const { venue, journal, keeper } = await keepFeed({ message })
  await eventually(() => expect(keeper.state).toBe('live'))
  venue.connection.terminate()
  await eventually(() => expect(answer).toBeDefined())
  expect((await entriesOf(journal)).map(({ kind }) => kind)).toEqual(['close'])
  answer?.()
  await eventually(async () => expect((await entriesOf(journal)).map(({ kind }) => kind)).toEqual(['close', 'gap']))
})

/** A venue that refuses every REG with a bad item, as a whole and in its own words. */
function refusing(isBad: (type: string, item: string) => boolean, refusal: object) {
  return (connection: VenueConnection, message: Message) => {
    if (message.trnm !== 'REG') return contentScript.message(connection, message)
    const [{ item, type }] = message['data'] as [{ item: string[]; type: string[] }]
    const isRefused = item.some(item => type.some(type => isBad(type, item)))
    connection.send(isRefused ? { trnm: 'REG', ...refusal } : { trnm: 'REG', return_code: 0, return_msg: '' })
  }
}

const stocks = [...manyStocks.slice(0, 60), '999999', ...manyStocks.slice(60, 99)]

test.each([
  ['105111', { return_code: 105111, return_msg: '실시간 등록에 실패했습니다. 종목코드 오류[999999]' }],
  ['1, which the document has', { return_code: 1, return_msg: 'error' }],
  ['a code that nobody knows, as text', { return_code: '777777', return_msg: '' }],
  ['an inner code', { return_code: 0, return_msg: 'failed [CODE=1902, MESSAGE=no such stock]' }],
])('leaves out the one item that the venue refuses (%s), names it, and captures the ninety-nine others', async (_, refusal) => {
  const message = refusing((_, item) => item === '999999', refusal)
  const { journal, keeper, venue } = await keepFeed({ message }, { stocks })
  await eventually(() => expect(keeper.state).toBe('live'))
  expect(keeper.registeredPairs).toBe(198)
  const refused = { types: ['0B', '0D'], reason: 'registration_refused', evidence: `${refusal.return_code}: ${refusal.return_msg}` }
  expect(keeper.refused).toEqual([{ ...refused, items: ['999999'] }])
  expect((await entriesOf(journal)).map(({ content }) => content)).toMatchObject([{ ...refused, symbols: ['999999'] }])
  expect(venue.countOf('REG')).toBeLessThan(20)
  venue.connection.terminate()
  await eventually(() => expect(venue.connections).toHaveLength(2))
  await eventually(() => expect([keeper.state, keeper.registeredPairs]).toEqual(['live', 198]))
  expect(venue.countOf('REG')).toBe(2)
})

test('does not divide what is too much for the venue', async () => {
  const { venue, keeper } = await keepFeed({ message: answering([105118]) }, { stocks })
  await eventually(() => expect(keeper.state).toBe('live'))
  expect([venue.countOf('REG'), keeper.registeredPairs, keeper.refused.length]).toEqual([1, 0, 1])
})

test('goes on dividing when a part of it came too fast', async () => {
  const isRefused = refusing((type, item) => type === '0D' && item === '999999', { return_code: 1, return_msg: '' })
  let count = 0
  const message = (connection: VenueConnection, received: Message) => {
    if (received.trnm === 'REG' && ++count % 3 === 0) connection.send({ trnm: 'REG', return_code: 105110, return_msg: '' })
    else isRefused(connection, received)
  }
  const { keeper } = await keepFeed({ message }, { stocks })
  await eventually(() => expect(keeper.state).toBe('live'), { timeoutMs: 30_000 })
  expect([keeper.registeredPairs, keeper.refused.map(({ types, items }) => [types, items])]).toEqual([199, [[['0D'], ['999999']]]])
})

test('takes an answer without trnm for that of the request that waits', async () => {
  const answer = (connection: VenueConnection, received: Message) => {
    if (received.trnm === 'REG') connection.send({ trnm: '', return_code: 100002, return_msg: 'parameter=grp_no' })
    else contentScript.message(connection, received)
  }
  const { keeper } = await keepFeed({ message: answer })
  await eventually(() => expect(keeper.state).toBe('live'))
  expect(keeper.refused).toMatchObject([{ reason: 'registration_refused', evidence: '100002: parameter=grp_no' }])
})
