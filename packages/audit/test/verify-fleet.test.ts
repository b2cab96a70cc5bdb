import { rmSync } from 'node:fs'
import type { Bus } from '@tickhouse/bus'
import { dateAt, TradingCalendar } from '@tickhouse/calendar'
import { openJournal } from '@tickhouse/journal'
import { createLogger } from '@tickhouse/runtime'
import type { Store } from '@tickhouse/store'
import { temporaryFolder } from '@tickhouse/testkit'
import { expect, it } from 'vitest'
import { certify } from '../src/certificate/certify.ts'
import { journalWith, requireJournalWith } from '../src/journal/sessions.ts'
import { compareStages } from '../src/verify/compare-stages.ts'

const log = createLogger({ name: 'test', level: 'silent' })
const frame = JSON.stringify({ data: [{ values: { 10: '+1' }, type: '0B', item: '005930' }], trnm: 'REAL' })

it('the journals of several collectors are compared together, and each finding names its collector', async () => {
  const [one, two] = [await journalOf('one', 2), await journalOf('two', 3)]
  const report = await compareStages({
    journalDirectories: [one, two],
    ...nothing(),
    waitMs: 0,
    signal: AbortSignal.timeout(60_000),
  })
  const trades = report.findings.filter(({ dataset }) => dataset === 'trade')
  expect(trades.map(({ collector, session, journal }) => [collector, session, journal])).toEqual([
    ['one', 'session-one', 2],
    ['two', 'session-two', 3],
  ])
  expect(report).toMatchObject({ sessions: 2, verdict: 'incomplete' })
})

it('a day is complete only when each of the collectors covered its window', async () => {
  const openedAtUs = 1_700_000_000_000_000
  const journals = [await journalOf('one', 2), await journalOf('two', 3, openedAtUs + 5_000_000)]
  const window = { name: 'ten seconds', hours: '', fromUs: openedAtUs, toUs: openedAtUs + 10_000_000 }
  const date = dateAt(openedAtUs)
  const options = { date, window, market: new TradingCalendar().dayOf(date), group: 'g', certified: [], waitMs: 0, ...nothing() }
  const gapsOf = async (journalDirectories: string[]) => {
    const { gaps } = await certify({ ...options, journalDirectories, signal: AbortSignal.timeout(60_000) })
    return gaps.map(gap => (gap as { evidence: string }).evidence)
  }
  expect(await gapsOf(journals)).toEqual([`the journal in ${journals[1]} holds no session for this time`])
  expect(await gapsOf([journals[0]!])).toEqual([])
})

it('a dead letter or a table is made again from the journal that holds its session', async () => {
  const journals = [await journalOf('one', 1), await journalOf('two', 1)]
  expect(await journalWith('session-two', journals)).toBe(journals[1])
  expect(await journalWith('session-three', journals)).toBeUndefined()
  await expect(requireJournalWith('session-three', journals)).rejects.toThrow(
    `Expected session session-three in one of the journals ${journals.join(', ')}, none holds it`,
  )
})

it('a journal that is not there is named', async () => {
  const [one, gone] = [await journalOf('one', 1), await journalOf('two', 1)]
  rmSync(gone, { recursive: true })
  const options = { journalDirectories: [one, gone], ...nothing(), waitMs: 0, signal: AbortSignal.timeout(60_000) }
  await expect(compareStages(options)).rejects.toThrow(`Expected a journal in ${gone}`)
})

async function journalOf(collector: string, frames: number, openedAtUs = 1_700_000_000_000_000): Promise<string> {
  const directory = temporaryFolder()
  const journal = await openJournal({ directory, log, onLoss: () => {} })
  journal.beginSession({ session: `session-${collector}`, openedAtUs, environment: 'simulator', collector, version: 1 })
  for (let number = 1; number <= frames; number++) journal.append('frame', openedAtUs + number, Buffer.from(frame))
  await journal.close()
  return directory
}

/** Topics and tables that hold nothing. */
function nothing(): { bus: Bus; store: Store } {
  const none = async () => []
  const bus = { readSince: async () => {}, lag: none } as unknown as Bus
  const store = { query: none, sessionCounts: none, suspendedTables: none, waitUntilApplied: async () => {} } as unknown as Store
  return { bus, store }
}
