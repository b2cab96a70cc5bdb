import { type DataRecord, entityOf } from '@tickhouse/catalogue'
import { createLogger } from '@tickhouse/runtime'
import { openStore, type Store } from '@tickhouse/store'
import { describeWithServers, servers } from '@tickhouse/testkit'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { RowWriter } from '../src/rebuild/row-writer.ts'

const signal = AbortSignal.timeout(300_000)

describeWithServers('rows of records that are written again', () => {
  let store: Store
  beforeAll(() => {
    store = openStore({ configurationString: servers().questdb, log: createLogger({ name: 'test', level: 'silent' }) })
  })
  afterAll(() => store.close())

  it('are stored once each; what the encoder or QuestDB refuses is named, whatever stands before it', async () => {
    const gaps = entityOf('feed_gap')
    const wide = { ...gaps.table, name: `test_row_writer_${process.pid}_${Date.now()}` }
    const isMissing = ({ name }: { name: string }) => name === 'missing'
    const columns = wide.columns.map(column => (isMissing(column) ? { ...column, questType: 'INT' as const } : column))
    await store.tables.apply(await store.tables.plan([{ ...wide, columns }]))
    const record = (seq: number): DataRecord => {
      const missing = seq === 5 || seq === 8 ? 3_000_000_000 : seq === 3 ? 'much' : seq
      return { timestamp: 1_700_000_000_000_000 + seq, symbol: '*', venue: '*', session: 's1', seq, reason: 'test', missing }
    }
    for (const round of [1, 2]) {
      const refused = new Map<string, string>()
      const writer = new RowWriter<string>(store, { ...gaps, table: wide }, (name, reason) => void refused.set(name, reason), signal)
      for (let seq = 1; seq <= 10; seq++) await writer.add(`letter ${seq}`, record(seq), { partition: 0, offset: 100 + seq })
      await writer.finish()
      expect([...refused.keys()].sort(), `round ${round}`).toEqual(['letter 3', 'letter 5', 'letter 8'])
      expect(refused.get('letter 3')).toBe('missing: Expected an integer of at most 2^53-1, was "much"')
      expect(refused.get('letter 5')).toContain('out bounds of column type: INT')
      expect(writer.stored).toBe(7)
      const rows = await store.query(`SELECT seq, kafka_offset FROM ${wide.name}`)
      expect(rows).toEqual([1, 2, 4, 6, 7, 9, 10].map(seq => ({ seq, kafka_offset: 100 + seq })))
    }
  })
})
