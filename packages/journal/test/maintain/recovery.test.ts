import { expect, test } from 'vitest'
import { readJournal } from '../../src/index.ts'
import { appendTexts, collect, directory, framesOf, headerOf, openInMemory, readLive, segmentPath, textsOf } from '../journal-fixture.ts'
import { MemoryFileSystem } from '../memory-file-system.ts'

/** A closed journal with one session of ten entries in its first segment. */
async function tenEntries(): Promise<MemoryFileSystem> {
  const { journal, files } = await openInMemory()
  journal.beginSession(headerOf('s1'))
  appendTexts(
    journal,
    Array.from({ length: 10 }, (_, index) => `entry ${index}`),
  )
  await journal.close()
  return files
}

function resize(files: MemoryFileSystem, segment: number, change: (bytes: Buffer) => Buffer): void {
  files.contents.set(segmentPath(segment), change(files.contents.get(segmentPath(segment)) as Buffer))
}

test('cuts off a torn entry, says how much, and knows the last whole one', async () => {
  const files = await tenEntries()
  resize(files, 1, bytes => bytes.subarray(0, bytes.length - 3))
  const { journal } = await openInMemory(files)
  expect(journal.recovered.truncatedBytes).toBe('entry 9'.length + 17 - 3)
  expect(journal.recovered.last).toMatchObject({ header: headerOf('s1'), kind: 'frame', timeUs: 2_000_008 })
  expect(textsOf(await collect(journal.readAll()))).toHaveLength(9)
  await journal.close()
})

test('takes no heartbeat for the last moment that is known to be complete', async () => {
  const { journal, files } = await openInMemory()
  journal.beginSession(headerOf('s1'))
  appendTexts(journal, ['frame'])
  journal.append('heartbeat', 2_500_000, Buffer.alloc(0))
  await journal.close()
  const next = await openInMemory(files)
  expect(next.journal.recovered.last).toMatchObject({ kind: 'frame', timeUs: 2_000_000 })
  expect((await collect(next.journal.readAll())).flatMap(({ entries }) => entries.map(({ kind }) => kind))).toEqual(['frame', 'heartbeat'])
  await next.journal.close()
})

test('cuts off zeros that a power loss left behind', async () => {
  const files = await tenEntries()
  resize(files, 1, bytes => Buffer.concat([bytes, Buffer.alloc(5_000)]))
  const { journal } = await openInMemory(files)
  expect(journal.recovered.truncatedBytes).toBe(5_000)
  expect(textsOf(await collect(journal.readAll()))).toHaveLength(10)
  await journal.close()
})

test('empties a segment in which nothing whole is left, and knows the session before it', async () => {
  const files = await tenEntries()
  files.contents.set(segmentPath(2), Buffer.from('half a header'))
  const { journal } = await openInMemory(files)
  expect(files.contents.get(segmentPath(2))).toHaveLength(0)
  expect(journal.recovered).toMatchObject({ lastSegment: 2, truncatedBytes: 13, last: { header: headerOf('s1'), kind: 'frame' } })
  await journal.close()
})

test('a reader that was in a segment which a power loss took away gets all of what comes then', async () => {
  const { journal, files } = await openInMemory(new MemoryFileSystem(), { fsyncMs: 10_000 })
  journal.beginSession(headerOf('s1'))
  appendTexts(journal, ['one', 'two', 'three'])
  const [read] = await readLive(journal, 3)
  const left = files.afterPowerLoss(() => 0)
  await journal.close()
  expect(left.contents.get(segmentPath(1))).toHaveLength(0)
  left.contents.delete(`${directory}/lock`)
  for (const texts of [['four', 'five'], ['six']]) {
    const { journal: next } = await openInMemory(left)
    next.beginSession(headerOf('s1'))
    appendTexts(next, texts)
    await next.flush()
    const rest = await collect(next.readAll({ from: read!.end }))
    expect(textsOf(rest).slice(-texts.length)).toEqual(texts)
    await next.close()
  }
})

test('what was found stays, although the process that wrote it was killed before it forced it to the disk', async () => {
  const { journal, files } = await openInMemory(new MemoryFileSystem(), { fsyncMs: 10_000 })
  journal.beginSession(headerOf('s1'))
  appendTexts(journal, ['one', 'two'])
  await readLive(journal, 2)
  const killed = files.afterKill()
  killed.contents.delete(`${directory}/lock`)
  const next = await openInMemory(killed)
  const lost = killed.afterPowerLoss(() => 0)
  expect(textsOf(await collect(readJournal(directory, { files: lost })))).toEqual(['one', 'two'])
  await next.journal.close()
  await journal.close()
})

test('reports damage in the middle as a stretch, and reads on behind it', async () => {
  const files = await tenEntries()
  const bytes = files.contents.get(segmentPath(1)) as Buffer
  files.corrupt(segmentPath(1), bytes.indexOf('entry 4'))
  const { journal } = await openInMemory(files)
  const batches = await collect(journal.readAll())
  expect(framesOf(batches)).toEqual([0, 1, 2, 3, 5, 6, 7, 8, 9].map(index => `entry ${index}`))
  const damaged = batches.filter(batch => batch.damage !== undefined)
  expect(damaged).toMatchObject([{ header: headerOf('s1'), damage: { bytes: 'entry 4'.length + 17 }, entries: [{ kind: 'gap' }] }])
  expect(JSON.parse(textsOf(damaged)[0] as string)).toMatchObject({ from: 2_000_003, to: 2_000_005, reason: 'journal_damaged' })
  expect(journal.recovered.truncatedBytes).toBe(0)
  await journal.close()
})

test('reports a damaged length, however far it points', async () => {
  for (const place of [0, 1, 2, 3]) {
    const files = await tenEntries()
    const bytes = files.contents.get(segmentPath(1)) as Buffer
    files.corrupt(segmentPath(1), bytes.indexOf('entry 4') - 17 + place)
    const { journal } = await openInMemory(files)
    const batches = await collect(journal.readAll())
    expect(framesOf(batches)).toHaveLength(9)
    expect(batches.filter(batch => batch.damage !== undefined)).toHaveLength(1)
    await journal.close()
  }
})

test('reports a torn end of a segment that is not the last', async () => {
  const files = await tenEntries()
  const { journal } = await openInMemory(files)
  journal.beginSession(headerOf('s2'))
  appendTexts(journal, ['later'])
  await journal.close()
  resize(files, 1, bytes => bytes.subarray(0, bytes.length - 3))
  const batches = await collect(readJournal(directory, { files }))
  expect(batches.map(batch => [batch.header.session, batch.entries.length, batch.damage?.reason])).toEqual([
    ['s1', 9, undefined],
    ['s1', 1, 'torn end'],
    ['s2', 1, undefined],
  ])
})

test('reports a segment whose header cannot be read as damage, and keeps its bytes', async () => {
  const files = await tenEntries()
  files.corrupt(segmentPath(1), 20)
  const { journal } = await openInMemory(files)
  journal.beginSession(headerOf('s2'))
  appendTexts(journal, ['later'])
  await journal.flush()
  const [damaged, later] = await collect(journal.readAll())
  expect(damaged).toMatchObject({ header: { session: '' }, damage: { reason: 'header unreadable' } })
  expect(textsOf([later!])).toEqual(['later'])
  await journal.close()
})

test('reads on in the next segment from a position that a power loss took away', async () => {
  const files = await tenEntries()
  const lost = { segment: 1, offset: 100_000 }
  const { journal } = await openInMemory(files)
  journal.beginSession(headerOf('s1'))
  appendTexts(journal, ['later'])
  expect(textsOf(await readLive(journal, 1, lost))).toEqual(['later'])
  await journal.close()
})

test('leaves a torn end alone when it only reads, as the owner may still be writing it', async () => {
  const files = await tenEntries()
  resize(files, 1, bytes => bytes.subarray(0, bytes.length - 3))
  const before = files.contents.get(segmentPath(1))
  const batches = await collect(readJournal(directory, { files }))
  expect(textsOf(batches)).toHaveLength(9)
  expect(batches.every(batch => batch.damage === undefined)).toBe(true)
  expect(files.contents.get(segmentPath(1))).toBe(before)
})
