import { openStore, type Store } from '@tickhouse/store'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { refusesPoison, ScriptedQuest } from './scripted-quest.ts'
import { silentLog } from './silent-log.ts'
import { rowsOf, tick, ticksTable } from './ticks.ts'

const table = ticksTable()
const quest = new ScriptedQuest()
let store: Store

beforeAll(async () => {
  await quest.open()
  store = openStore({ configurationString: quest.configurationString, log: silentLog(), baseRetryMs: 0, maxRetryMs: 1 })
})
afterAll(async () => {
  store.close()
  await quest.close()
})

test('whatever is poisoned, and however QuestDB says so, every row is either stored once, in order, or rejected', async () => {
  const poisoned = fc.array(fc.boolean(), { minLength: 1, maxLength: 40 })
  await fc.assert(
    fc.asyncProperty(poisoned, fc.boolean(), fc.boolean(), async (flags, line, outages) => {
      quest.received.length = 0
      const refuses = refusesPoison({ line })
      let requests = 0
      quest.always = request => (outages && requests++ % 3 === 1 ? { status: 503 } : refuses(request))
      const rows = rowsOf(
        table,
        flags.map((flag, index) => tick(index + 1, { note: flag ? 'poison' : 'fine' })),
      )
      const { stored, rejected } = await store.writer(table).write(rows, AbortSignal.timeout(10_000))
      const wanted = flags.flatMap((flag, index) => (flag ? [index] : []))
      expect(rejected.map(({ row }) => row)).toEqual(wanted)
      expect(stored).toBe(flags.length - wanted.length)
      expect(outages || storedText(refuses) === cleanText(rows.slice().toString())).toBe(true)
    }),
    { numRuns: 60 },
  )
})

/** What the server took; with outages it cannot be told from what it turned away. */
function storedText(refuses: ReturnType<typeof refusesPoison>): string {
  return quest.received
    .filter(request => (refuses(request) as { status: number }).status === 204)
    .map(({ body }) => body)
    .join('')
}

function cleanText(body: string): string {
  return body
    .split('\n')
    .filter(row => !row.includes('poison'))
    .join('\n')
}
