import { entityOf } from '@tickhouse/catalogue'
import { createLogger } from '@tickhouse/runtime'
import { openStore, type Store } from '@tickhouse/store'
import { describeWithServers, servers } from '@tickhouse/testkit'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { always } from '../src/korean-time.ts'
import { tableCounts } from '../src/verify/table-counts.ts'

describeWithServers('what the tables hold of a session', () => {
  let store: Store
  beforeAll(async () => {
    store = openStore({ configurationString: servers().questdb, log: createLogger({ name: 'tests', level: 'silent' }) })
    await store.tables.apply(await store.tables.plan([entityOf('gold_price').table, entityOf('dead_letter').table]))
  })
  afterAll(() => store.close())

  it('rows of an open session that overtook others are left to the next look', async () => {
    const session = `open${process.pid}`
    const rows = [1, 2, 3, 5].map(seq => `(${1e15 + seq}, 'MGD', 'KRX', '${session}', ${seq})`)
    await store.query(`INSERT INTO gold_price (timestamp, symbol, venue, session, seq) VALUES ${rows.join(', ')}`)
    await store.waitUntilApplied('gold_price')
    const journal = { entries: 3, bytes: 300, sha256: '' }
    const numbers = { gold_price: { first: 1, last: 3, lastUs: 1e15 + 3 } }
    const counted = { session, openedAtUs: 1e15, endedAtUs: 1e15 + 3, collector: 'test', environment: 'simulator', numbers, journal }
    const countsWhen = async (open: boolean) =>
      (await tableCounts(store, { ...always, fromUs: 1e15 }, [{ ...counted, open, cut: false }])).counts.get(`${session}/gold_price`)
    expect(await countsWhen(true)).toEqual({ rows: 3, distinct: 3, lowest: 1, highest: 3 })
    expect(await countsWhen(false)).toEqual({ rows: 4, distinct: 4, lowest: 1, highest: 5 })
  })
})
