import { momentOf } from '@tickhouse/calendar'
import type { DataRecord, TableDefinition } from '@tickhouse/catalogue'
import { createLogger } from '@tickhouse/runtime'
import { eventually } from '@tickhouse/testkit'
import { expect, test } from 'vitest'
import { keepConditions } from '../../src/tables/keep-conditions.ts'

const log = createLogger({ name: 'test', level: 'silent', pretty: false })

test('a date of which something was stored is pending, once, unless the table says something of it already', async () => {
  const written: DataRecord[] = []
  const heartbeats: { newestUs: number | undefined } = { newestUs: undefined }
  const certified = new Set(['2026-11-26'])
  let asked = 0
  const store = {
    query: async (sql: string) => {
      asked++
      if (asked === 1) throw new Error('QuestDB does not answer')
      const date = [...certified].find(each => sql.includes(`'${new Date(momentOf(each, '00:00') / 1000).toISOString().slice(0, 19)}`))
      return [{ rows: date === undefined ? 0 : 24 }]
    },
    tables: { fill: async (_table: TableDefinition, records: readonly DataRecord[]) => void written.push(...records) },
  }
  const stop = new AbortController()
  const keeping = keepConditions({ store: store as never, heartbeats, log, nowUs: () => 7, everyMs: 1 }, stop.signal)
  heartbeats.newestUs = momentOf('2026-11-25', '00:30')
  await eventually(() => written.length > 0)
  expect(new Set(written.map(({ condition }) => condition))).toEqual(new Set(['pending']))
  expect(written[0]).toEqual({
    timestamp: momentOf('2026-11-25', '00:00'),
    date: '2026-11-25',
    dataset: '*',
    condition: 'pending',
    checked_at: 7,
  })
  expect(written.map(({ dataset }) => dataset)).toContain('trade')
  const before = [asked, written.length]
  heartbeats.newestUs = momentOf('2026-11-25', '23:30')
  heartbeats.newestUs = momentOf('2026-11-26', '00:30')
  await eventually(() => asked > before[0]!)
  heartbeats.newestUs = momentOf('2026-11-27', '00:30')
  await eventually(() => written.length > before[1]!)
  expect(new Set(written.map(({ date }) => date))).toEqual(new Set(['2026-11-25', '2026-11-27']))
  stop.abort()
  await keeping
})
