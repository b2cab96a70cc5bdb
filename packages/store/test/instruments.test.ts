import { momentOf } from '@tickhouse/calendar'
import { StoreError } from '@tickhouse/store'
import { expect, test } from 'vitest'
import type { RunQuery } from '../src/query/query.ts'
import { Instruments, instrumentDatasets } from '../src/tables/instruments.ts'

const tables = { plan: expect.unreachable, apply: expect.unreachable, fill: expect.unreachable } as unknown as ConstructorParameters<
  typeof Instruments
>[1]
const trades = { table: 'trade', kind: 'stock' as const, isNamed: false }
const never = new AbortController().signal
const [from, to] = [momentOf('2026-11-30', '00:00'), momentOf('2026-11-30', '24:00')]

/** A QuestDB that answers for no more than so many hours at once, with the stretches that it answered for. */
function slow(hours: number) {
  const answered: [number, number][] = []
  const run = async (sql: string) => {
    const [first, last] = [...sql.matchAll(/'(2026-[^']+)'/g)].map(([, time]) => Date.parse(time!) * 1_000) as [number, number]
    if (last - first > hours * 3_600_000_000) throw new StoreError('STORE_TIMEOUT', 'too slow', { retriable: true })
    answered.push([first, last])
    return [{ symbol: '005930', venue: 'KRX', firstUs: first, lastUs: last }]
  }
  return { answered, instruments: new Instruments(run as unknown as RunQuery, tables) }
}

test('records that are too many for one query are looked through in parts, each once', async () => {
  const { answered, instruments } = slow(5)
  const seen = await instruments.seenIn(trades, from, to, never)
  expect(seen).toHaveLength(8)
  expect([answered[0]![0], answered.at(-1)![1]]).toEqual([from, to])
  for (const [index, [first]] of answered.slice(1).entries()) expect(first).toBe(answered[index]![1])
})

test('a QuestDB that does not answer for minutes either is told', async () => {
  await expect(slow(0).instruments.seenIn(trades, from, to, never)).rejects.toMatchObject({ code: 'STORE_TIMEOUT' })
})

test('a symbol that is longer than any code is none', async () => {
  const run = async () => [{ symbol: 'N'.repeat(100), venue: 'KRX', firstUs: 1, lastUs: 2 }]
  expect(await new Instruments(run as unknown as RunQuery, tables).seenIn(trades, from, to, never)).toEqual([])
})

test('every dataset that names instruments is looked through, and none of an account', () => {
  const names = instrumentDatasets.map(({ table }) => table)
  expect(names).toContain('trade')
  expect(names).toContain('volatility_interruption')
  for (const other of ['balance', 'order_execution', 'market_session']) expect(names).not.toContain(other)
  expect(instrumentDatasets.filter(({ isNamed }) => isNamed).map(({ table }) => table)).toEqual(['volatility_interruption'])
})
