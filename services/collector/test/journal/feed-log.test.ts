import type { Gap } from '@tickhouse/catalogue'
import { temporaryFolder } from '@tickhouse/testkit'
import { expect, test } from 'vitest'
import { ScriptedClock } from '../clock/scripted-clock.ts'
import { entriesOf, openFeed } from '../feed-fixture.ts'

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

/** The gaps that the next process writes once it has registered everything. */
async function nextGaps(directory: string) {
  const { journal, feedLog } = await openFeed(directory)
  const { session } = feedLog.begin()
  feedLog.settle()
  return (await entriesOf(journal)).filter(entry => entry.kind === 'gap' && entry.session === session).map(({ content }) => content)
}

/** The only one of them. */
async function nextGap(directory: string) {
  const gaps = await nextGaps(directory)
  expect(gaps).toHaveLength(1)
  return gaps[0]!
}

test('tells since when the feed was silent, also when the collector is stopped before it comes back', async () => {
  const { directory, journal, feedLog } = await openFeed()
  feedLog.begin()
  const heardUs = feedLog.now()
  feedLog.close({ fromUs: heardUs, reason: 'silent', evidence: 'no PING for 60 s' })
  await journal.close()
  const gap = await nextGap(directory)
  expect(gap).toMatchObject({ from: heardUs, reason: 'silent', evidence: 'no PING for 60 s; then the collector was not running' })
})

test('tells since when something is missing, also when the next process ends before it has logged in', async () => {
  const { directory, timeUs } = await crashedFeed()
  await (await openFeed(directory)).journal.close()
  await (await openFeed(directory)).journal.close()
  expect(await nextGap(directory)).toMatchObject({ from: timeUs, reason: 'crashed' })
})

test('tells since when something is missing, also when the next process crashes before all is registered again', async () => {
  const { directory, journal, feedLog } = await openFeed(undefined, { segmentBytes: 4096 })
  feedLog.begin()
  const timeUs = feedLog.now()
  feedLog.close({ fromUs: timeUs, reason: 'disconnected', evidence: 'code 1006' })
  feedLog.begin()
  for (let frames = 0; frames < 20; frames++) journal.append('frame', feedLog.now(), Buffer.alloc(1000, 'frame'))
  await journal.close()
  expect(await nextGap(directory)).toMatchObject({
    from: timeUs,
    reason: 'crashed',
    evidence: expect.stringMatching(/^code 1006; before all was registered again/),
  })
})

test.each([1, 20])('does not tell a gap again that was written %i frames before a crash', async frames => {
  const { directory } = await crashedFeed()
  const { journal, feedLog } = await openFeed(directory, { segmentBytes: 4096 })
  feedLog.begin()
  feedLog.settle()
  let lastUs = 0
  for (let frame = 0; frame < frames; frame++) {
    lastUs = feedLog.now()
    journal.append('frame', lastUs, Buffer.alloc(1000, 'frame'))
  }
  await journal.close()
  expect(await nextGap(directory)).toMatchObject({ from: lastUs, reason: 'crashed' })
})

/** A collector that was refused some pairs and crashed so many frames later. */
async function crashedRefused(frames: number) {
  const { directory, journal, feedLog } = await openFeed(undefined, { segmentBytes: 4096 })
  feedLog.begin()
  feedLog.refuse({ types: ['0B'], items: ['005930', ''], reason: 'registration_refused', evidence: '105115' })
  let lastUs = 0
  for (let frame = 0; frame < frames; frame++) {
    lastUs = feedLog.now()
    journal.append('frame', lastUs, Buffer.alloc(1000, 'frame'))
  }
  const [first] = await entriesOf(journal)
  await journal.close()
  const left = {
    from: first?.content['to'],
    to: lastUs,
    types: ['0B'],
    symbols: ['005930', '*'],
    reason: 'registration_refused',
    evidence: '105115',
  }
  return { directory, left, lastUs }
}

test.each([1, 20])('tells which pairs a session did not get that crashed %i frames after they were refused', async frames => {
  const { directory, left, lastUs } = await crashedRefused(frames)
  await (await openFeed(directory)).journal.close()
  const gaps = await nextGaps(directory)
  expect(gaps).toEqual([left, expect.objectContaining({ from: lastUs, reason: 'crashed' })])
})

test('tells the refused pairs of a crashed session once, although the next one crashes too', async () => {
  const { directory, lastUs } = await crashedRefused(1)
  const { journal, feedLog } = await openFeed(directory)
  feedLog.begin()
  await journal.close()
  expect(await nextGap(directory)).toMatchObject({ from: lastUs, reason: 'crashed' })
})

test('takes a session for closed whose close is followed by a gap', async () => {
  const { directory, journal, feedLog } = await openFeed()
  feedLog.begin()
  const fromUs = feedLog.now()
  feedLog.close({ fromUs, reason: 'disconnected', evidence: 'test' })
  feedLog.gap({ from: fromUs, to: feedLog.now(), reason: 'journal_full' })
  await journal.close()
  expect(await nextGap(directory)).toMatchObject({ from: fromUs, reason: 'disconnected' })
})

test('writes a gap again that the journal lost', async () => {
  const { journal, feedLog } = await openFeed()
  feedLog.begin()
  const fromUs = feedLog.now()
  feedLog.gap({ from: fromUs, to: fromUs, reason: 'registration_refused' })
  feedLog.lose({ fromUs, toUs: feedLog.now(), entries: 7, bytes: 700, code: 'ENOSPC' })
  const reasons = (await entriesOf(journal)).map(({ content }) => content['reason'])
  expect(reasons).toEqual(['registration_refused', 'journal_full', 'registration_refused'])
})

test('does not close a session for the one before it, whose close the journal lost', async () => {
  const { journal, feedLog } = await openFeed()
  feedLog.begin()
  const fromUs = feedLog.now()
  feedLog.gap({ from: fromUs, to: fromUs, reason: 'registration_refused' })
  feedLog.close({ fromUs, reason: 'disconnected', evidence: 'test' })
  const { session } = feedLog.begin()
  feedLog.lose({ fromUs, toUs: feedLog.now(), entries: 7, bytes: 700, code: 'ENOSPC' })
  const own = (await entriesOf(journal)).filter(entry => entry.session === session)
  expect(own.map(({ kind, content }) => [kind, content['reason']])).toEqual([
    ['gap', 'journal_full'],
    ['gap', 'registration_refused'],
  ])
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

const nothingCame = { item: '999999', types: ['0B', '0D'], lastTimestamp: null, evidence: 'nothing came' }
const silence = { reason: 'item_silent', types: ['0B', '0D'], symbols: ['999999'], evidence: 'nothing came' }

test('a silent item is a gap from the beginning of the session, and another one until it ends', async () => {
  const { journal, feedLog } = await openFeed()
  const { session, openedAtUs } = feedLog.begin()
  feedLog.silent(nothingCame, session)
  feedLog.close({ fromUs: feedLog.now(), reason: 'stopped', evidence: '' })
  const [first, rest, close] = await entriesOf(journal)
  expect(first?.content).toMatchObject({ ...silence, from: openedAtUs, goesOn: true })
  expect(rest?.content).toEqual({ ...silence, from: first?.content['to'], to: expect.any(Number) })
  expect(close?.kind).toBe('close')
})

test('the gap of an item that speaks again ends there, and after a crash too', async () => {
  const { directory, journal, feedLog } = await openFeed()
  const { session } = feedLog.begin()
  feedLog.silent({ ...nothingCame, lastTimestamp: 5 }, session)
  feedLog.silent({ ...nothingCame, item: '888888' }, session)
  const spokeUs = feedLog.now()
  feedLog.spoke('999999', session, spokeUs)
  feedLog.spoke('005930', session, spokeUs)
  const gaps = (await entriesOf(journal)).map(({ content }) => content)
  expect(gaps).toHaveLength(3)
  expect(gaps[0]).toMatchObject({ ...silence, from: 5 })
  expect(gaps[2]).toEqual({ ...silence, from: gaps[0]?.['to'], to: spokeUs })
  journal.append('frame', feedLog.now(), Buffer.from('frame'))
  await journal.close()
  const next = await nextGaps(directory)
  expect(next.map(gap => [gap['reason'], gap['symbols']])).toEqual([
    ['item_silent', ['888888']],
    ['crashed', undefined],
  ])
})

test('what is said of an item of another session is not written into this one', async () => {
  const { journal, feedLog } = await openFeed()
  feedLog.begin()
  feedLog.silent(nothingCame, 'another')
  feedLog.spoke('999999', 'another', 1)
  expect(await entriesOf(journal)).toEqual([])
})

test.each(['crashed', 'stopped'])(
  'names the times of a session that %s while the clock was ahead, also when another process goes on',
  async how => {
    const clock = new ScriptedClock(7_200_000)
    const first = await openFeed(undefined, {}, clock)
    first.feedLog.startClock()
    const before = first.feedLog.begin()
    first.journal.append('frame', first.feedLog.now(), Buffer.from('frame'))
    const lastUs = first.feedLog.now()
    if (how === 'stopped') first.feedLog.close({ fromUs: lastUs, reason: 'stopped', evidence: 'test' })
    await first.journal.close()

    clock.aheadMs = 0
    const { journal, feedLog } = await openFeed(first.directory, {}, clock)
    feedLog.startClock()
    const after = feedLog.begin()
    feedLog.settle()
    expect(after.session > before.session).toBe(true)
    const gaps = (await entriesOf(journal)).filter(({ kind, session }) => kind === 'gap' && session === after.session)
    const [wrong, missing] = gaps.map(({ content }) => content as unknown as Gap)
    expect(gaps).toHaveLength(2)
    expect(wrong).toMatchObject({ from: before.openedAtUs, reason: 'clock_wrong', evidence: expect.stringContaining(before.session) })
    expect(Math.abs(wrong!.to - lastUs)).toBeLessThan(1_000_000)
    expect(missing).toMatchObject({ reason: how })
    expect(Math.abs(missing!.from / 1000 - clock.rightMs)).toBeLessThan(10_000)
    expect(missing!.to).toBeGreaterThanOrEqual(missing!.from)
  },
)

test('closes a crashed session where it ended by its own times, whatever the clock says by then', async () => {
  const { directory, timeUs } = await crashedFeed()
  const { journal } = await openFeed(directory, {}, new ScriptedClock(Date.UTC(2099, 0, 1) - Date.now()))
  expect((await entriesOf(journal)).find(({ kind }) => kind === 'close')?.timeUs).toBe(timeUs + 1)
})
