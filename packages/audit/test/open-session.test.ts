import type { Bus, OnRecord } from '@tickhouse/bus'
import { dateAt, TradingCalendar } from '@tickhouse/calendar'
import { entityOf, type Produced, SessionNormalizer } from '@tickhouse/catalogue'
import { openJournal } from '@tickhouse/journal'
import { createLogger } from '@tickhouse/runtime'
import type { Store } from '@tickhouse/store'
import { temporaryFolder } from '@tickhouse/testkit'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { certify } from '../src/certificate/certify.ts'

const log = createLogger({ name: 'test', level: 'silent' })
const secondUs = 1_000_000
const frame = (price: number) => JSON.stringify({ data: [{ values: { 10: `+${price}` }, type: '0B', item: '005930' }], trnm: 'REAL' })

/** Noon in Korea. */
beforeEach(() => void vi.useFakeTimers({ toFake: ['Date'], now: Date.UTC(2026, 10, 25, 3) }))
afterEach(() => void vi.useRealTimers())

describe('a window that is over, while its session goes on', () => {
  it('is complete with what came before its end, whatever is on its way of what came later', async () => {
    const { options, all } = await going()
    const certificate = await certify(options({ inTopic: all.slice(0, 5), inTable: all.slice(0, 4), committed: 4 }))
    expect(certificate).toMatchObject({ condition: 'complete', reasons: [], day: { records: 4, topic: 4, rows: 4 } })
  })

  it('is pending while the collector or the sink has not come to its end, and degraded by what they left out', async () => {
    const { options, all } = await going()
    const behind = await certify(options({ inTopic: all.slice(0, 3), inTable: all.slice(0, 2), committed: 1 }))
    expect(behind.condition).toBe('pending')
    expect(behind.reasons.join()).toMatch(/trade: 1 records are on their way to Kafka.*trade: 1 rows are on their way to QuestDB/)
    const lost = await certify(
      options({ inTopic: all, inTable: all.filter(({ seq, dataset }) => dataset !== 'trade' || seq !== 2), committed: 99 }),
    )
    expect(lost).toMatchObject({
      condition: 'degraded',
      reasons: expect.arrayContaining([expect.stringMatching(/trade: 1 of 3 rows are not in the table: seq 2/)]),
    })
  })
})

/** The stages as they answer: what the topics and the tables hold, and up to which offset of its topic the sink has stored trades. */
interface Held {
  readonly inTopic: readonly Produced[]
  readonly inTable: readonly Produced[]
  readonly committed: number
}

/** An open session that began some minutes ago, with three trades in a window and three behind it. */
async function going() {
  const openedAtUs = Math.floor(Date.now() / 1000 - 300) * secondUs
  const header = { session: 'a', openedAtUs, environment: 'simulator', collector: 'test', version: 1 }
  const frames = [1, 2, 3, 11, 12, 13].map(at => ({ kind: 'frame' as const, timeUs: openedAtUs + at * secondUs, text: frame(at) }))
  const directory = temporaryFolder()
  const journal = await openJournal({ directory, log, onLoss: () => {} })
  journal.beginSession(header)
  for (const { kind, timeUs, text } of frames) journal.append(kind, timeUs, Buffer.from(text))
  await journal.close()
  const normalizer = new SessionNormalizer(header)
  const all = [...normalizer.open(), ...frames.flatMap(entry => normalizer.entry(entry))]
  const window = { name: 'ten seconds', fromUs: openedAtUs, toUs: openedAtUs + 10 * secondUs }
  const date = dateAt(openedAtUs)
  const market = new TradingCalendar().dayOf(date)
  const common = { date, window, market, journalDirectories: [directory], group: 'g', certified: [], waitMs: 0 }
  const options = (held: Held) => ({ ...common, bus: busOf(held), store: storeOf(held), signal: AbortSignal.timeout(60_000) })
  return { all, options }
}

function busOf({ inTopic, committed }: Held): Bus {
  const readSince = async (topics: readonly string[], _: number, onRecord: OnRecord) => {
    for (const { dataset, seq, json, symbol, timestamp } of inTopic) {
      const topic = entityOf(dataset).topic.name
      const place = { topic, partition: 0, offset: seq - 1, timestampMs: Math.floor(timestamp / 1000), headers: {} }
      if (topics.includes(topic)) await onRecord({ ...place, key: Buffer.from(symbol), value: Buffer.from(json) } as never)
    }
  }
  const lag = async (_: string, topics: readonly string[]) => topics.map(topic => ({ topic, partition: 0, committed, end: 99, lag: 0 }))
  return { readSince, lag } as unknown as Bus
}

function storeOf({ inTable }: Held): Store {
  const query = async (sql: string) => {
    const [, dataset = ''] = /FROM (\w+)/.exec(sql) ?? []
    const last = Number(/seq <= (\d+)/.exec(sql)?.[1])
    const first = Number(/seq >= (\d+)/.exec(sql)?.[1] ?? 1)
    if (Number.isNaN(last)) return []
    const seqs = inTable.filter(record => record.dataset === dataset && record.seq >= first && record.seq <= last).map(({ seq }) => seq)
    return [{ rows: seqs.length, distinct: seqs.length, lowest: Math.min(...seqs), highest: Math.max(...seqs) }]
  }
  const nothing = async () => []
  return { query, sessionCounts: nothing, suspendedTables: nothing, waitUntilApplied: async () => {} } as unknown as Store
}
