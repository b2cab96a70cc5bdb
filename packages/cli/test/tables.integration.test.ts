import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { dictionary, legend, tableDefinitions } from '@tickhouse/catalogue'
import { createLogger } from '@tickhouse/runtime'
import { openStore, type TablePlan, type ViewPlan, wantedViews } from '@tickhouse/store'
import { describeWithServers, servers } from '@tickhouse/testkit'
import { expect, it } from 'vitest'

const main = join(import.meta.dirname, '..', 'src', 'main.ts')

function tablesWith(
  settings: Readonly<Record<string, string>>,
  ...words: string[]
): Promise<{ code: number; stdout: string; stderr: string }> {
  const env = { ...process.env, QDB_CLIENT_CONF: servers().questdb, ...settings }
  return new Promise(resolve =>
    execFile(process.execPath, [main, 'tables', ...words], { env, maxBuffer: 1 << 26 }, (error, stdout, stderr) =>
      resolve({ code: error ? Number(error.code) : 0, stdout, stderr }),
    ),
  )
}

const usual = wantedViews({}).wanted
const allOf = (views: number) => `All ${tableDefinitions.length} tables and ${views} views are as the catalogue says.\n`
const tables = (...words: string[]) => tablesWith({}, ...words)

describeWithServers('tickhouse tables', () => {
  it('makes every table, the dictionary and the views, and then finds nothing to do', async () => {
    expect(await tables('apply')).toMatchObject({ code: 0 })
    expect(await tables('plan')).toMatchObject({ code: 0, stdout: allOf(usual.size) })
    const plan: TablePlan & { views: ViewPlan } = JSON.parse((await tables('plan', '--format', 'json')).stdout)
    expect(plan).toMatchObject({ create: [], add: [], refused: [], views: { create: [], replace: [], drop: [], kept: [] } })
    const store = openStore({ configurationString: servers().questdb, log: createLogger({ name: 'test', level: 'silent' }) })
    expect(await store.query('SELECT count() AS rows FROM dictionary')).toEqual([{ rows: dictionary().length }])
    expect(await store.query('SELECT count() AS rows FROM legend')).toEqual([{ rows: legend().length }])
    store.close()
  })

  it('shows a difference that it will not change, and exits 1', async () => {
    const store = openStore({ configurationString: servers().questdb, log: createLogger({ name: 'test', level: 'silent' }) })
    await store.query('ALTER TABLE gold_price DEDUP DISABLE')
    await store.waitUntilApplied('gold_price')
    try {
      expect((await tables('plan')).stdout).toMatch(/gold_price +REFUSED +deduplication keys +deduplication off/)
      expect(await tables('apply')).toMatchObject({ code: 1, stderr: expect.stringContaining('gold_price: deduplication keys: expected') })
    } finally {
      await store.query('ALTER TABLE gold_price DEDUP ENABLE UPSERT KEYS(timestamp, symbol, venue, session, seq)')
      await store.waitUntilApplied('gold_price')
      store.close()
    }
    expect((await tables('plan')).stdout).toContain('are as the catalogue says')
  })

  it('shows and makes the views that VIEWS asks for, and drops the others', async () => {
    expect((await tablesWith({ VIEWS: 'none' }, 'plan')).stdout).toMatch(/^trades +drop +view/m)
    expect(await tablesWith({ VIEWS: 'none' }, 'apply')).toMatchObject({ code: 0 })
    expect((await tablesWith({ VIEWS: 'none' }, 'plan')).stdout).toBe(allOf(0))
    expect((await tables('plan')).stdout).toMatch(/^trades +create +view/m)
    expect(await tables('apply')).toMatchObject({ code: 0 })
    expect((await tables('plan')).stdout).toBe(allOf(usual.size))
    expect(await tablesWith({ VIEWS: 'some' }, 'plan')).toMatchObject({ code: 2, stderr: expect.stringContaining('VIEWS') })
  })

  it('shows a view of somebody else that has a name of ours, and leaves it', async () => {
    const store = openStore({ configurationString: servers().questdb, log: createLogger({ name: 'test', level: 'silent' }) })
    await store.query('CREATE OR REPLACE VIEW quotes_5 AS (SELECT timestamp FROM order_book)')
    try {
      expect((await tables('plan')).stdout).toMatch(/quotes_5 +KEEP +is a view that somebody else has made: DROP VIEW quotes_5;/)
      expect(await tables('apply')).toMatchObject({ code: 0, stderr: expect.stringContaining('quotes_5') })
    } finally {
      await store.query('DROP VIEW quotes_5')
      store.close()
    }
    expect(await tables('apply')).toMatchObject({ code: 0 })
  })
})
