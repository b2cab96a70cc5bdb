import { momentOf } from '@tickhouse/calendar'
import type { SeenInstrument } from '@tickhouse/catalogue'
import { createLogger } from '@tickhouse/runtime'
import { type InstrumentDataset, instrumentDatasets, StoreError } from '@tickhouse/store'
import { eventually } from '@tickhouse/testkit'
import { expect, test } from 'vitest'
import { keepInstruments, StoredTimes } from '../../src/tables/keep-instruments.ts'

const log = createLogger({ name: 'test', level: 'silent', pretty: false })
const midnight = momentOf('2026-11-30', '00:00')
const nowUs = midnight + 36_000_000_000
const one = (more: Partial<SeenInstrument> = {}): SeenInstrument => {
  return { symbol: '005930', venue: 'KRX', kind: 'stock', name: null, firstUs: nowUs, lastUs: nowUs, ...more }
}

/** A store of which the test says what it has seen, and that remembers what it was asked. */
function watched({ fails = () => undefined }: { fails?: (table: string) => Error | undefined } = {}) {
  const asked: { table: string; fromUs: number }[] = []
  const told: (readonly SeenInstrument[])[] = []
  const stored = new StoredTimes()
  const stop = new AbortController()
  const instruments = {
    seenIn: async ({ table }: InstrumentDataset, fromUs: number) => {
      asked.push({ table, fromUs })
      const error = fails(table)
      if (error) throw error
      return table === 'trade' ? [one({ firstUs: fromUs })] : []
    },
    see: async (seen: readonly SeenInstrument[]) => told.push(seen),
  }
  const keeping = keepInstruments({ store: { instruments }, stored, log, nowUs: () => nowUs, everyMs: 1 }, stop.signal)
  const end = async () => {
    stop.abort()
    await keeping
  }
  return { asked, told, stored, end }
}

test('the first look reads the date from its beginning, and the others what was stored since, once more when it can be queried', async () => {
  const { asked, told, stored, end } = watched()
  await eventually(() => told.length > 3)
  const ofTrades = () => asked.filter(({ table }) => table === 'trade').map(({ fromUs }) => fromUs)
  expect(ofTrades()).toEqual([midnight])
  expect(new Set(asked.map(({ table }) => table)).size).toBe(instrumentDatasets.length)
  stored.note('trade', nowUs)
  stored.note('trade', nowUs - 5)
  const before = told.length
  await eventually(() => told.length > before + 3)
  expect(ofTrades()).toEqual([midnight, nowUs - 5, nowUs - 5])
  await end()
})

test('what was seen on the date is told each time, since another writer may have been at the table', async () => {
  const { told, end } = watched()
  await eventually(() => told.length > 4)
  expect(told.at(-1)).toEqual([one({ firstUs: midnight })])
  await end()
})

test('a table that is gone does not keep the others from being read, and is read again', async () => {
  let isGone = true
  const gone = new StoreError('STORE_QUERY_FAILED', 'table does not exist')
  const { asked, told, end } = watched({ fails: table => (isGone && table === 'order_book' ? gone : undefined) })
  await eventually(() => told.length > 2)
  expect(told.at(-1)).toHaveLength(1)
  isGone = false
  const before = asked.length
  await eventually(() => asked.slice(before).some(({ table }) => table === 'order_book'))
  expect(asked.slice(before).find(({ table }) => table === 'order_book')).toEqual({ table: 'order_book', fromUs: midnight })
  await end()
})

test('a QuestDB that does not answer is asked again for all that it did not tell', async () => {
  let isAway = true
  const away = new StoreError('STORE_UNREACHABLE', 'QuestDB does not answer', { retriable: true })
  const { asked, told, end } = watched({ fails: () => (isAway ? away : undefined) })
  await eventually(() => asked.length > 3)
  expect(told).toEqual([])
  isAway = false
  await eventually(() => told.length > 0)
  expect(asked.at(-1)).toEqual({ table: instrumentDatasets.at(-1)!.table, fromUs: midnight })
  await end()
})
