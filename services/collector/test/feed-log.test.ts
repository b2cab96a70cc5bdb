import { temporaryFolder } from '@tickhouse/testkit'
import { expect, test } from 'vitest'
import { entriesOf, openFeed } from './feed-fixture.ts'

async function crashedFeed() {
  const directory = temporaryFolder()
  const { journal, feedLog } = await openFeed(directory)
  const { session } = feedLog.begin()
  const timeUs = feedLog.now()
  journal.append('frame', timeUs, Buffer.from('frame'))
  await journal.close()
  return { directory, session, timeUs }
}

test('closes the session that a crash left open, and tells what lies between in the next one', async () => {
  const crashed = await crashedFeed()
  const { journal, feedLog } = await openFeed(crashed.directory)
  const next = feedLog.begin()
  feedLog.settle()
  const [, close, gap, ...rest] = await entriesOf(journal)
  expect(close).toMatchObject({ session: crashed.session, kind: 'close', content: { reason: 'crashed' } })
  expect(gap).toMatchObject({ session: next.session, kind: 'gap', content: { from: crashed.timeUs, reason: 'crashed' } })
  expect(rest).toEqual([])
})

test('does not close a session twice', async () => {
  const { directory } = await crashedFeed()
  const second = await openFeed(directory)
  await second.journal.close()
  const third = await openFeed(directory)
  const kinds = (await entriesOf(third.journal)).map(({ kind }) => kind)
  expect(kinds).toEqual(['frame', 'close'])
})

test('writes the gap at the end of a session that never got as far as being complete', async () => {
  const { directory } = await crashedFeed()
  const { journal, feedLog } = await openFeed(directory)
  const { session } = feedLog.begin()
  feedLog.close({ fromUs: feedLog.now(), reason: 'disconnected', evidence: 'test' })
  const own = (await entriesOf(journal)).filter(entry => entry.session === session)
  expect(own.map(({ kind, content }) => [kind, content['reason']])).toEqual([
    ['gap', 'crashed'],
    ['close', 'disconnected'],
  ])
})

test('records what the journal lost, and closes the session again when that was lost too', async () => {
  const { journal, feedLog } = await openFeed()
  feedLog.begin()
  const fromUs = feedLog.now()
  feedLog.close({ fromUs, reason: 'disconnected', evidence: 'test' })
  feedLog.lose({ fromUs, toUs: feedLog.now(), entries: 7, bytes: 700, code: 'ENOSPC' })
  const [, gap, close] = await entriesOf(journal)
  expect(gap?.content).toMatchObject({ from: fromUs, reason: 'journal_full', missing: 7, evidence: expect.stringContaining('ENOSPC') })
  expect(close).toMatchObject({ kind: 'close', content: { reason: 'disconnected' } })
})
