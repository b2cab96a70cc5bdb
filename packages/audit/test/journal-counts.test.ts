import { dateAt, dayOf } from '@tickhouse/calendar'
import { openJournal } from '@tickhouse/journal'
import { createLogger } from '@tickhouse/runtime'
import { temporaryFolder } from '@tickhouse/testkit'
import { describe, expect, it } from 'vitest'
import { journalSessions } from '../src/journal/sessions.ts'
import { journalCounts } from '../src/verify/journal-counts.ts'

const log = createLogger({ name: 'test', level: 'silent' })
const frame = (price: number, item = '005930') =>
  JSON.stringify({ data: [{ values: { 10: `+${price}` }, type: '0B', item }], trnm: 'REAL' })
const midnight = dayOf('2026-11-25').fromUs
const secondUs = 1_000_000
const hourUs = 3600 * secondUs

/** What is appended: `close` closes the session, any other text is a frame. */
type Script = readonly (readonly [session: string, openedAtUs: number, entries: readonly (readonly [atUs: number, text: string])[]])[]

/** A journal on disk with sessions as scripted. */
async function journalOf(script: Script, segmentBytes = 1 << 20): Promise<string> {
  const directory = temporaryFolder()
  const journal = await openJournal({ directory, log, onLoss: () => {}, segmentBytes })
  for (const [session, openedAtUs, entries] of script) {
    journal.beginSession({ session, openedAtUs, environment: 'simulator', collector: 'test', version: 1 })
    for (const [atUs, text] of entries)
      journal.append(text === 'close' ? 'close' : 'frame', atUs, Buffer.from(text === 'close' ? '{"reason":"stopped"}' : text))
  }
  await journal.close()
  return directory
}

const overMidnight: Script = [
  [
    'a',
    midnight - 3 * hourUs,
    [
      [midnight - 2 * hourUs, frame(1)],
      [midnight - hourUs, 'close'],
    ],
  ],
  [
    'b',
    midnight - secondUs,
    [
      [midnight - 2, frame(1)],
      [midnight - 1, frame(2)],
      [midnight, frame(3)],
      [midnight + hourUs, frame(4)],
      [midnight + 24 * hourUs - 1, frame(5)],
      [midnight + 24 * hourUs, frame(6)],
      [midnight + 25 * hourUs, 'close'],
    ],
  ],
  ['c', midnight + 26 * hourUs, [[midnight + 27 * hourUs, frame(1)]]],
]

describe('the journal of a date', () => {
  it('gives the numbers from midnight to midnight in Korea, whatever session they belong to', async () => {
    const directory = await journalOf(overMidnight)
    const day = async (date: string) =>
      (await journalCounts(directory, dayOf(date))).map(({ session, open, numbers }) => [
        session,
        open,
        numbers['trade']?.first,
        numbers['trade']?.last,
      ])
    expect(await day('2026-11-24')).toEqual([
      ['a', false, 1, 1],
      ['b', false, 1, 2],
    ])
    expect(await day('2026-11-25')).toEqual([['b', false, 3, 5]])
    expect(await day('2026-11-26')).toEqual([
      ['b', false, 6, 6],
      ['c', true, 1, 1],
    ])
  })

  it('counts the last session in for as long as it is not closed', async () => {
    const directory = await journalOf(overMidnight)
    expect(await journalCounts(directory, dayOf('2026-11-28'))).toMatchObject([{ session: 'c', open: true, numbers: {} }])
    expect(await journalCounts(directory, dayOf('2026-11-20'))).toEqual([])
  })

  it('finds the sessions by the heads of their segments', async () => {
    const directory = await journalOf(overMidnight, 300)
    const sessions = await journalSessions(directory)
    expect(sessions.map(({ header }) => header.session)).toEqual(['a', 'b', 'c'])
    expect(sessions[1]!.lastSegment).toBeGreaterThan(sessions[1]!.from.segment)
  })

  it('has a checksum that depends on the entries alone, not on how the files cut them', async () => {
    const [whole, cut] = [await journalOf(overMidnight), await journalOf(overMidnight, 300)]
    const counts = await journalCounts(whole, dayOf('2026-11-25'))
    expect(await journalCounts(cut, dayOf('2026-11-25'))).toEqual(counts)
    expect(counts[0]!.journal).toMatchObject({ entries: 5, bytes: 5 * frame(1).length })
    const other: Script = overMidnight.map(([session, at, entries]) => [session, at, entries.map(([us, text]) => [us + 1, text] as const)])
    expect((await journalCounts(await journalOf(other), dayOf('2026-11-25')))[0]!.journal.sha256).not.toBe(counts[0]!.journal.sha256)
  })

  it('knows a session as closed even when a gap was written after the close', async () => {
    const directory = temporaryFolder()
    const journal = await openJournal({ directory, log, onLoss: () => {} })
    journal.beginSession({ session: 'a', openedAtUs: midnight, environment: 'simulator', collector: 'test', version: 1 })
    journal.append('close', midnight + 1, Buffer.from('{"reason":"stopped"}'))
    journal.append('gap', midnight + 2, Buffer.from(JSON.stringify({ from: midnight, to: midnight + 1, reason: 'journal_full' })))
    await journal.close()
    expect(await journalCounts(directory, dayOf(dateAt(midnight)))).toMatchObject([{ open: false, endedAtUs: midnight + 2 }])
  })

  it('counts an open session up to the end of a window, and knows that it lived beyond it', async () => {
    const directory = await journalOf([['a', midnight, [2, 4, 6, 8].map(hours => [midnight + hours * hourUs, frame(hours)] as const)]])
    const window = { fromUs: midnight, toUs: midnight + 5 * hourUs }
    const [counts] = await journalCounts(directory, window)
    expect(counts).toMatchObject({ open: true, numbers: { trade: { first: 1, last: 2 } }, heardAtUs: midnight + 8 * hourUs, goingOn: [] })
  })

  it.each([
    ['in the same segment', 1 << 20],
    ['some segments before', 1],
  ])(
    'knows what an open session misses and has not written down: refused pairs and the time before all was registered, %s',
    async (_, segmentBytes) => {
      const directory = temporaryFolder()
      const journal = await openJournal({ directory, log, onLoss: () => {}, segmentBytes })
      const header = { session: 'a', openedAtUs: midnight, environment: 'simulator', collector: 'test', version: 1 }
      const missing = { fromUs: midnight - hourUs, reason: 'disconnected', evidence: 'reset' }
      const pairs = { types: ['0D'], symbols: ['005930'], reason: 'registration_refused', evidence: '105115: too many' }
      journal.beginSession({ ...header, owed: { missing } })
      journal.append('gap', midnight + 2, Buffer.from(JSON.stringify({ from: midnight, to: midnight + 2, ...pairs, goesOn: true })))
      const refused = { ...pairs, fromUs: midnight + 2 }
      journal.relabelSession({ ...header, owed: { missing, refused: [refused] } })
      for (const hours of [1, 2, 3]) journal.append('frame', midnight + hours * hourUs, Buffer.from(frame(hours)))
      const counted = async () => (await journalCounts(directory, dayOf(dateAt(midnight))))[0]!.goingOn
      await journal.close()
      expect(await counted()).toEqual([missing, refused])
    },
  )
})
