import { eventually } from '@tickhouse/testkit'
import { expect, test } from 'vitest'
import { entriesOf, heldUp, keepFeed } from './feed-fixture.ts'
import { contentScript, type VenueConnection } from './scripted-venue.ts'

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
