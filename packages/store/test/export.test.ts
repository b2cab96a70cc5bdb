import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { dayOf } from '@tickhouse/calendar'
import { entityOf } from '@tickhouse/catalogue'
import { openStore } from '@tickhouse/store'
import { temporaryFolder } from '@tickhouse/testkit'
import { expect, onTestFinished, test } from 'vitest'
import { type Reply, ScriptedQuest } from './scripted-quest.ts'
import { silentLog } from './silent-log.ts'

const signal = new AbortController().signal
const rows = { table: entityOf('gold_price').table, ...dayOf('2026-11-25') }

async function exported(...script: Reply[]): Promise<{ server: ScriptedQuest; text: Promise<string> }> {
  const server = await new ScriptedQuest(...script).open()
  const store = openStore({ configurationString: server.configurationString, log: silentLog(), baseRetryMs: 1, maxRetryMs: 1 })
  onTestFinished(async () => {
    store.close()
    await server.close()
  })
  const file = join(temporaryFolder(), 'rows.parquet')
  return { server, text: store.exportParquet({ ...rows, file }, signal).then(() => readFileSync(file, 'utf8')) }
}

test('an export asks for the columns of the table in its order, in its time, and writes the answer to the file', async () => {
  const { server, text } = await exported({ status: 200, body: 'PAR1' })
  expect(await text).toBe('PAR1')
  const asked = new URL(server.received[0]!.path, 'http://questdb').searchParams
  expect(asked.get('fmt')).toBe('parquet')
  expect(asked.get('query')).toMatch(
    /^SELECT timestamp, symbol, venue, .*, cast\(unreadable AS STRING\) AS unreadable, kafka_partition, kafka_offset FROM gold_price /,
  )
  expect(asked.get('query')).toContain("WHERE timestamp >= '2026-11-24T15:00:00.000000Z' AND timestamp < '2026-11-25T15:00:00.000000Z'")
})

test('an export waits while others have all places, and begins anew after an outage', async () => {
  const full = { status: 400, body: 'exceeded connection limit [name=http_export_connections]' }
  const { server, text } = await exported(full, 'reset', { status: 503, body: 'busy' }, { status: 200, body: 'PAR1' })
  expect(await text).toBe('PAR1')
  expect(server.received).toHaveLength(4)
})

test('an export that QuestDB cannot make is an error', async () => {
  const { text } = await exported({ status: 400, body: { error: 'table does not exist' } })
  await expect(text).rejects.toMatchObject({ code: 'STORE_QUERY_FAILED', message: expect.stringContaining('table does not exist') })
})
