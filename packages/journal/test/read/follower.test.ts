import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type EntryBatch, JournalFollower } from '../../src/index.ts'
import { readBetween } from '../../src/read/growing.ts'
import { JournalMark } from '../../src/read/mark.ts'
import { appendTexts, collect, compressedPath, directory, headerOf, openInMemory, segmentPath, textsOf } from '../journal-fixture.ts'
import { MemoryFileSystem } from '../memory-file-system.ts'

/** Follows a journal until so many entries came. */
async function follow(follower: JournalFollower, count: number, from = { segment: 0, offset: 0 }, maxBytes = 64): Promise<EntryBatch[]> {
  const stop = new AbortController()
  const batches: EntryBatch[] = []
  let entries = 0
  for await (const batch of follower.readFrom(from, stop.signal, { maxBytes })) {
    batches.push(batch)
    entries += batch.entries.length
    if (entries >= count) stop.abort()
  }
  return batches
}

const numbered = (from: number, to: number) => Array.from({ length: to - from }, (_, index) => `text ${from + index}`)

test('a follower gets what is appended while it reads, over the ends of segments and sessions', async () => {
  const { journal, files } = await openInMemory(new MemoryFileSystem(), { segmentBytes: 600, tailBytes: 0 })
  const follower = new JournalFollower(directory, journal.mark.memory, files)
  const following = follow(follower, 300)
  for (let session = 0; session < 3; session++) {
    journal.beginSession(headerOf(`s${session}`))
    for (let step = 0; step < 10; step++) {
      appendTexts(journal, numbered(session * 100 + step * 10, session * 100 + (step + 1) * 10))
      await journal.flush()
    }
  }
  const batches = await following
  expect(textsOf(batches)).toEqual(numbered(0, 300))
  expect(new Set(batches.map(({ header }) => header.session))).toEqual(new Set(['s0', 's1', 's2']))
  await journal.close()
  expect(files.openFiles).toBe(0)
})

test('a follower begins with what earlier lives left, compressed or not', async () => {
  const files = new MemoryFileSystem()
  const first = await openInMemory(files, { segmentBytes: 300 })
  for (const session of ['s1', 's2']) {
    first.journal.beginSession(headerOf(session))
    appendTexts(first.journal, numbered(0, 20))
  }
  await first.journal.flush()
  await first.journal.compress(first.journal.end)
  await first.journal.close()
  expect(files.contents.has(compressedPath(1))).toBe(true)
  const { journal } = await openInMemory(files)
  const follower = new JournalFollower(directory, journal.mark.memory, files)
  expect(textsOf(await collect(follower.readAll()))).toEqual([...numbered(0, 20), ...numbered(0, 20)])
  journal.beginSession(headerOf('s3'))
  appendTexts(journal, ['live'])
  expect(textsOf(await follow(follower, 41)).at(-1)).toBe('live')
  await journal.close()
})

test('a follower knows how much was appended up to the end, and reads exactly that', async () => {
  const { journal, files } = await openInMemory()
  const follower = new JournalFollower(directory, journal.mark.memory, files)
  journal.beginSession(headerOf('s1'))
  appendTexts(journal, numbered(0, 10))
  await journal.flush()
  expect(follower.standing).toMatchObject({ appendedEntries: 10, appendedBytes: 60 })
  expect(follower.end).toEqual(journal.end)
  const { end } = follower
  appendTexts(journal, numbered(10, 20))
  await journal.flush()
  expect(textsOf(await collect(follower.readAll({ to: end })))).toEqual(numbered(0, 10))
  await journal.close()
})

test('a follower waits for what is appended and not yet written, and for nothing else', async () => {
  const { journal, files } = await openInMemory()
  const follower = new JournalFollower(directory, journal.mark.memory, files)
  expect(await collect(follower.readAll())).toEqual([])
  journal.beginSession(headerOf('s1'))
  files.writeError = 'EIO'
  appendTexts(journal, ['waits'])
  journal.moveMark()
  let isRead = false
  const reading = collect(follower.readAll()).finally(() => {
    isRead = true
  })
  await new Promise(resolve => setTimeout(resolve, 20))
  expect([isRead, follower.standing.appendedEntries]).toEqual([false, 1])
  files.writeError = undefined
  expect(textsOf(await reading)).toEqual(['waits'])
  await journal.close()
})

test('what is written while somebody reads what there was is not the end: it is read as well', async () => {
  const { journal } = await openInMemory()
  journal.beginSession(headerOf('s1'))
  appendTexts(journal, ['one'])
  await journal.flush()
  const batches = await collect(journal.readAll())
  let written = 0
  const reader = {
    next: async () => (written++ === 0 ? undefined : batches[written - 2]),
    close: async () => {},
  }
  const growing = {
    open: () => reader,
    written: { count: 0, after: async () => {}, notify: () => {} },
    isAllWritten: () => written > 0,
  }
  expect(textsOf(await collect(readBetween(growing, journal.end, {})))).toEqual(['one'])
  await journal.close()
})

test('nothing behind the mark is read, although it stands in the file', async () => {
  const { journal, files } = await openInMemory()
  journal.beginSession(headerOf('s1'))
  appendTexts(journal, ['one'])
  await journal.flush()
  const before = new JournalMark()
  before.move(journal.mark.standing)
  appendTexts(journal, ['two'])
  await journal.flush()
  const follower = new JournalFollower(directory, before.memory, files)
  expect(files.contents.get(segmentPath(1))!.includes('two')).toBe(true)
  expect(textsOf(await collect(follower.readAll()))).toEqual(['one'])
  await journal.close()
})

test('an abort ends a follower that waits', async () => {
  const { journal, files } = await openInMemory()
  const stop = new AbortController()
  const reading = collect(new JournalFollower(directory, journal.mark.memory, files).readFrom({ segment: 0, offset: 0 }, stop.signal))
  await new Promise(resolve => setImmediate(resolve))
  stop.abort()
  expect(await reading).toEqual([])
  await journal.close()
})

test('a follower reads the same as the journal itself, in whatever steps either goes', async () => {
  const step = fc.record({
    count: fc.integer({ min: 1, max: 12 }),
    begins: fc.boolean(),
    isFlushed: fc.boolean(),
    turns: fc.nat({ max: 3 }),
  })
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { minLength: 1, maxLength: 12 }),
      fc.integer({ min: 100, max: 900 }),
      fc.integer({ min: 1, max: 400 }),
      fc.nat({ max: 3 }),
      async (steps, segmentBytes, maxBytes, turnsOfDisk) => {
        const { journal, files } = await openInMemory(new MemoryFileSystem(), { segmentBytes, tailBytes: 0 })
        files.turnsOfStep = () => turnsOfDisk
        const total = steps.reduce((sum, { count }) => sum + count, 0)
        const following = follow(new JournalFollower(directory, journal.mark.memory, files), total, undefined, maxBytes)
        let number = 0
        for (const { count, begins, isFlushed, turns } of steps) {
          if (begins || number === 0) journal.beginSession(headerOf(`s${number}`))
          appendTexts(journal, numbered(number, number + count))
          number += count
          if (isFlushed) await journal.flush()
          for (let turn = 0; turn < turns; turn++) await new Promise(resolve => setImmediate(resolve))
        }
        const followed = await following
        const own = await collect(journal.readAll())
        expect(textsOf(followed)).toEqual(textsOf(own))
        expect(entriesOf(followed)).toEqual(entriesOf(own))
        await journal.close()
      },
    ),
    { numRuns: 60 },
  )
})

test('nobody sees a mark that is moved half-way', async () => {
  const mark = new JournalMark()
  const zero = { segment: 0, offset: 0 }
  mark.move({ appendedEntries: 0, appendedBytes: 0, end: zero, written: zero })
  const thread = new Worker(join(import.meta.dirname, 'marking-thread.ts'), { workerData: mark.memory })
  try {
    await mark.after(mark.count)
    let last = 0
    for (let look = 0; look < 200_000; look++) {
      const { appendedEntries, appendedBytes, end, written } = mark.standing
      const numbers = new Set([appendedEntries, appendedBytes, end.segment, end.offset, written.segment, written.offset])
      if (numbers.size !== 1 || appendedEntries < last) throw new Error(`Expected one number of ${last} or more, was ${[...numbers]}`)
      last = appendedEntries
    }
    expect(last).toBeGreaterThan(0)
    thread.postMessage('stop')
  } finally {
    await thread.terminate()
  }
})

/** What stands where, whatever the batches. */
function entriesOf(batches: readonly EntryBatch[]) {
  return batches.flatMap(({ header, start, entries }) =>
    entries.map(({ kind, timeUs, offset }) => [header.session, start.segment, offset, kind, timeUs]),
  )
}
