import { type Produced, SessionNormalizer } from '@tickhouse/catalogue'
import { type Journal, openJournal, type Position } from '@tickhouse/journal'
import { createLogger, UsageError } from '@tickhouse/runtime'
import { temporaryFolder } from '@tickhouse/testkit'
import { describe, expect, it } from 'vitest'
import { SessionJournal } from '../src/journal/session-records.ts'
import { journalSessions } from '../src/journal/sessions.ts'

const log = createLogger({ name: 'test', level: 'silent' })
const openedAtUs = 1_700_000_000_000_000
const headerOf = (session: string) => ({ session, openedAtUs, environment: 'simulator', collector: 'test', version: 1 })
const frame = '{"trnm":"REAL","data":[{"type":"0B","item":"005930","values":{"10":"+100"}}]}'

/** A journal of some sessions over several segments each, and the positions behind each entry. */
async function journalOf(directory: string, sessions: readonly string[], frames: number): Promise<{ journal: Journal; ends: Position[] }> {
  const journal = await openJournal({ directory, log, segmentBytes: 1_000, onLoss: () => {} })
  const ends: Position[] = []
  for (const session of sessions) {
    journal.beginSession(headerOf(session))
    for (let index = 0; index < frames; index++) {
      journal.append('frame', openedAtUs + index, Buffer.from(frame))
      ends.push(journal.end)
    }
  }
  await journal.flush()
  return { journal, ends }
}

async function all(session: SessionJournal): Promise<{ records: Produced[]; published: number }> {
  const records: Produced[] = []
  let published = 0
  for await (const piece of session.pieces(() => true)) {
    records.push(...piece.records)
    if (piece.isPublished) published += piece.records.length
  }
  return { records, published }
}

describe('a session of a journal', () => {
  it('is found among others, and gives its own records', async () => {
    const directory = temporaryFolder()
    const { journal } = await journalOf(directory, ['s1', 's2', 's3'], 30)
    const sessions = await journalSessions(directory)
    expect(sessions.map(({ header }) => header.session)).toEqual(['s1', 's2', 's3'])
    const normalizer = new SessionNormalizer(headerOf('s2'))
    const expected = Array.from({ length: 30 }).flatMap((_, index) =>
      normalizer.entry({ kind: 'frame', timeUs: openedAtUs + index, text: frame }),
    )
    const session = new SessionJournal(directory, sessions[1]!, undefined)
    expect(await all(session)).toEqual({ records: expected, published: 0 })
    expect(await all(session)).toEqual({ records: expected, published: 0 })
    expect(session.isOpen).toBe(false)
    await journal.close()
  })

  it('is published up to the checkpoint, wherever that stands', async () => {
    const directory = temporaryFolder()
    const { journal, ends } = await journalOf(directory, ['s1', 's2', 's3'], 12)
    const [, second] = await journalSessions(directory)
    for (const [index, end] of ends.entries()) {
      const { records, published } = await all(new SessionJournal(directory, second!, end))
      expect(records).toHaveLength(13)
      expect(published, `behind entry ${index}`).toBe(index < 12 ? 0 : Math.min(13, index - 10))
    }
    await journal.close()
  })

  it('gives the second time what it gave the first, though it goes on; a close ends it', async () => {
    const directory = temporaryFolder()
    const { journal } = await journalOf(directory, ['s1'], 5)
    const [only] = await journalSessions(directory)
    const growing = new SessionJournal(directory, only!, undefined)
    expect((await all(growing)).records).toHaveLength(6)
    journal.append('close', openedAtUs + 10, Buffer.from('{"reason":"stopped"}'))
    journal.beginSession(headerOf('s2'))
    journal.append('frame', openedAtUs + 20, Buffer.from(frame))
    await journal.close()
    expect((await all(growing)).records).toHaveLength(6)
    expect(growing.isOpen).toBe(true)
    const stillLast = new SessionJournal(directory, only!, undefined)
    expect((await all(stillLast)).records.map(({ dataset }) => dataset)).toEqual([
      'feed_session',
      ...Array(5).fill('trade'),
      'feed_session',
    ])
    expect(stillLast.isOpen).toBe(false)
  })

  it('gives what was published of a record that is too large: a dead letter with its number', async () => {
    const directory = temporaryFolder()
    const journal = await openJournal({ directory, log, onLoss: () => {} })
    journal.beginSession(headerOf('s1'))
    const types = Array(90_000).fill('0B')
    journal.append('gap', openedAtUs + 1, Buffer.from(JSON.stringify({ from: openedAtUs, to: openedAtUs + 1, reason: 'test', types })))
    await journal.close()
    const [only] = await journalSessions(directory)
    const [, letter] = (await all(new SessionJournal(directory, only!, undefined))).records
    expect(letter).toMatchObject({ dataset: 'dead_letter', series: 'feed_gap', seq: 1 })
    expect(JSON.parse(letter!.json)).toMatchObject({ dataset: 'feed_gap', stage: 'collector', reason: 'too_large', session: 's1' })
  })

  it('cannot be looked for where there is no journal', async () => {
    await expect(journalSessions(`${temporaryFolder()}/none`)).rejects.toBeInstanceOf(UsageError)
    expect(await journalSessions(temporaryFolder())).toEqual([])
  })
})
