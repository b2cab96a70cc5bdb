import { always } from '@tickhouse/calendar'
import { entityOf } from '@tickhouse/catalogue'
import { createLogger } from '@tickhouse/runtime'
import { openStore, type Store } from '@tickhouse/store'
import { describeWithServers, servers } from '@tickhouse/testkit'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { tableCounts } from '../src/verify/table-counts.ts'

describeWithServers('what the tables hold of a session', () => {
  let store: Store
  beforeAll(async () => {
    store = openStore({ configurationString: servers().questdb, log: createLogger({ name: 'tests', level: 'silent' }) })
    await store.tables.apply(await store.tables.plan(['gold_price', 'trade', 'dead_letter'].map(name => entityOf(name).table)))
  })
  afterAll(() => store.close())

  it('rows of an open session that overtook others are left to the next look', async () => {
    const session = `open${process.pid}`
    const rows = [1, 2, 3, 5].map(seq => `(${1e15 + seq}, 'MGD', 'KRX', '${session}', ${seq})`)
    await store.query(`INSERT INTO gold_price (timestamp, symbol, venue, session, seq) VALUES ${rows.join(', ')}`)
    await store.waitUntilApplied('gold_price')
    expect(await countsOf(session, 'gold_price', { open: true, last: 3 })).toEqual({
      rows: 3,
      distinct: 3,
      lowest: 1,
      highest: 3,
      outOfOrder: 0,
    })
    expect(await countsOf(session, 'gold_price', { open: false, last: 3 })).toEqual({
      rows: 4,
      distinct: 4,
      lowest: 1,
      highest: 5,
      outOfOrder: 0,
    })
  })

  it('rows out of order are seen, in an hour and from one hour to the next, whether or not the session is open', async () => {
    const session = `order${process.pid}`
    const places = [
      [3, 1],
      [1, 2],
      [4, 3],
      [2, 3_600_000_000],
      [5, 3_600_000_001],
    ]
    const rows = places.map(([seq, at]) => `(${1.1e15 + at!}, '005930', 'KRX', '${session}', ${seq})`)
    await store.query(`INSERT INTO trade (timestamp, symbol, venue, session, seq) VALUES ${rows.join(', ')}`)
    await store.waitUntilApplied('trade')
    expect(await countsOf(session, 'trade', { open: false, last: 5 })).toMatchObject({ rows: 5, distinct: 5, outOfOrder: 2 })
    expect(await countsOf(session, 'trade', { open: true, last: 5 })).toMatchObject({ rows: 5, distinct: 5, outOfOrder: 2 })
  })

  async function countsOf(session: string, dataset: string, { open, last }: { open: boolean; last: number }) {
    const journal = { entries: last, bytes: 300, sha256: '' }
    const numbers = { [dataset]: { first: 1, last, lastUs: 2e15 } }
    const counted = { session, openedAtUs: 1e15, endedAtUs: 2e15, collector: 'test', environment: 'simulator', numbers, journal }
    const { counts } = await tableCounts(store, { ...always, fromUs: 1e15 }, [{ ...counted, open, cut: false, heardAtUs: 0, goingOn: [] }])
    return counts.get(`${session}/${dataset}`)
  }
})
