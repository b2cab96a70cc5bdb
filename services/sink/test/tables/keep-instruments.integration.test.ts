import { type DataRecord, entityOf, tableDefinitions } from '@tickhouse/catalogue'
import { createLogger } from '@tickhouse/runtime'
import { openStore, type Store } from '@tickhouse/store'
import { describeWithServers, eventually, servers } from '@tickhouse/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { keepInstruments, StoredTimes } from '../../src/tables/keep-instruments.ts'

const log = createLogger({ name: 'test', level: 'silent' })
const signal = AbortSignal.timeout(120_000)
const session = `instruments-${process.pid}-${Date.now().toString(36)}`
const symbol = `Z${process.pid}`

describeWithServers('instruments without a list of the venue', () => {
  let store: Store
  beforeAll(async () => {
    store = openStore({ configurationString: servers().questdb, log })
    await store.tables.apply(await store.tables.plan(tableDefinitions, signal), signal)
  })
  afterAll(() => store.close())

  const fill = (dataset: string, venue: string, us: number, more = {}) =>
    store.tables.fill(
      entityOf(dataset).table,
      [{ timestamp: us, symbol, venue, session, seq: 1, ...more } as unknown as DataRecord],
      signal,
    )
  const known = () => store.query(`SELECT name, kind, venues, first_day, last_day FROM instrument WHERE symbol = '${symbol}'`)

  test('follow from records: those of the date, and those that are stored later, however old they are', async () => {
    const nowUs = Date.UTC(2026, 10, 25, 3) * 1_000
    await fill('volatility_interruption', 'KRX', nowUs, { name: '씨싸이트' })
    const stop = new AbortController()
    const stored = new StoredTimes()
    const keeping = keepInstruments({ store, stored, log, nowUs: () => nowUs, everyMs: 50 }, stop.signal)
    const today = '2026-11-25'
    await eventually(async () =>
      expect(await known()).toEqual([{ name: '씨싸이트', kind: null, venues: 'KRX', first_day: today, last_day: today }]),
    )
    const lateUs = Date.UTC(2026, 10, 20, 3) * 1_000
    await fill('trade', 'NXT', lateUs)
    stored.note('trade', lateUs)
    const all = { name: '씨싸이트', kind: 'stock', venues: 'KRX,NXT', first_day: '2026-11-20', last_day: today }
    await eventually(async () => expect(await known()).toEqual([all]))
    stop.abort()
    await keeping
  })
})
