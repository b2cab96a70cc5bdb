import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { dictionary, tableDefinitions } from '@tickhouse/catalogue'
import { createLogger } from '@tickhouse/runtime'
import { openStore, type TablePlan } from '@tickhouse/store'
import { describeWithServers, servers } from '@tickhouse/testkit'
import { expect, it } from 'vitest'

const main = join(import.meta.dirname, '..', 'src', 'main.ts')

function tables(...words: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  const env = { ...process.env, QDB_CLIENT_CONF: servers().questdb }
  return new Promise(resolve =>
    execFile(process.execPath, [main, 'tables', ...words], { env, maxBuffer: 1 << 26 }, (error, stdout, stderr) =>
      resolve({ code: error ? Number(error.code) : 0, stdout, stderr }),
    ),
  )
}

describeWithServers('tickhouse tables', () => {
  it('makes every table and the dictionary, and then finds nothing to do', async () => {
    expect(await tables('apply')).toMatchObject({ code: 0 })
    expect(await tables('plan')).toMatchObject({ code: 0, stdout: `All ${tableDefinitions.length} tables are as the catalogue says.\n` })
    const plan: TablePlan = JSON.parse((await tables('plan', '--format', 'json')).stdout)
    expect(plan).toMatchObject({ create: [], add: [], refused: [] })
    const store = openStore({ configurationString: servers().questdb, log: createLogger({ name: 'test', level: 'silent' }) })
    expect(await store.query('SELECT count() AS rows FROM dictionary')).toEqual([{ rows: dictionary().length }])
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
})
