import { expect, test } from 'vitest'
import { appendTexts, collect, directory, headerOf, openInMemory, segmentPath, textsOf } from '../journal-fixture.ts'
import { MemoryFileSystem } from '../memory-file-system.ts'

/** When the files were written, which is after all that is in them. */
const longAgoMs = 3_000

async function threeSessions() {
  const files = new MemoryFileSystem()
  const { journal } = await openInMemory(files, { segmentBytes: 200, tailBytes: 1 })
  for (const session of ['s1', 's2', 's3']) {
    journal.beginSession(headerOf(session))
    appendTexts(journal, ['x'.repeat(60), 'y'.repeat(60)])
  }
  await journal.flush()
  for (let segment = 1; segment <= 6; segment++) await files.touch(segmentPath(segment), longAgoMs)
  return { files, journal }
}

test('removes old sessions whole, and keeps the session that a position lies in', async () => {
  const { journal } = await threeSessions()
  expect(await journal.retain({ before: { segment: 4, offset: 0 }, olderThanMs: Date.now() })).toBe(2)
  const batches = await collect(journal.readAll())
  expect(new Set(batches.map(batch => batch.header.session))).toEqual(new Set(['s2', 's3']))
  expect(textsOf(batches)).toHaveLength(4)
  await journal.close()
})

test('keeps what was written lately', async () => {
  const { journal } = await threeSessions()
  expect(await journal.retain({ before: journal.end, olderThanMs: longAgoMs - 1 })).toBe(0)
  await journal.close()
})

test.each([
  ['set back to 1970', 0],
  ['ahead in 2099', Date.UTC(2099, 0, 1)],
])('a clock that was %s while a session was written does not change when that is old', async (_, modifiedAtMs) => {
  const { files, journal } = await threeSessions()
  for (let segment = 1; segment <= 6; segment++) await files.touch(segmentPath(segment), modifiedAtMs)
  const begunAtMs = 2_000
  const retention = { before: journal.end, nowMs: Date.now() }
  expect(await journal.retain({ ...retention, olderThanMs: begunAtMs })).toBe(0)
  expect(await journal.retain({ ...retention, olderThanMs: begunAtMs + 1 })).toBe(4)
  await journal.close()
})

test('keeps what lies behind the position, however old', async () => {
  const { journal } = await threeSessions()
  expect(await journal.retain({ before: { segment: 1, offset: 50 }, olderThanMs: Date.now() })).toBe(0)
  await journal.close()
})

test('removes the oldest sessions until the journal is within its limit, however young they are', async () => {
  const { journal } = await threeSessions()
  const { diskBytes } = journal.stats
  const limits = { before: journal.end, olderThanMs: longAgoMs - 1 }
  expect(await journal.retain({ ...limits, maxBytes: diskBytes })).toBe(0)
  expect(await journal.retain({ ...limits, maxBytes: diskBytes - 1 })).toBe(2)
  expect(new Set((await collect(journal.readAll())).map(batch => batch.header.session))).toEqual(new Set(['s2', 's3']))
  expect(journal.stats).toMatchObject({ segments: 4, diskBytes: (diskBytes / 3) * 2, excessBytes: 0 })
  await journal.close()
})

test('keeps what is not published although the limit is passed, and says by how much until it is not', async () => {
  const { journal } = await threeSessions()
  const limits = { olderThanMs: 0, maxBytes: 1 }
  expect(await journal.retain({ ...limits, before: { segment: 4, offset: 0 } })).toBe(2)
  expect(journal.stats.excessBytes).toBe(journal.stats.diskBytes - 1)
  expect(await journal.retain({ ...limits, before: journal.end })).toBe(2)
  expect(textsOf(await collect(journal.readAll()))).toHaveLength(2)
  expect(await journal.retain({ ...limits, before: journal.end, maxBytes: 1_000 })).toBe(0)
  expect(journal.stats.excessBytes).toBe(0)
  await journal.close()
})

test('removes compressed sessions as it does plain ones, by the time they were written', async () => {
  const { files, journal } = await threeSessions()
  await journal.compress(journal.end)
  expect(await journal.retain({ before: journal.end, olderThanMs: longAgoMs })).toBe(0)
  expect(await journal.retain({ before: journal.end, olderThanMs: longAgoMs + 1 })).toBe(4)
  expect(files.contents.paths().filter(path => path.includes('.journal'))).toEqual([segmentPath(5), segmentPath(6)])
  await journal.close()
})

test('what a crash leaves of a session that was being removed still begins with its first entry', async () => {
  for (let steps = 1, isDone = false; !isDone; steps++) {
    const { files, journal } = await threeSessions()
    files.stopAfter(steps)
    isDone = await journal.retain({ before: { segment: 3, offset: 0 }, olderThanMs: Date.now() }).then(
      () => true,
      () => false,
    )
    const left = files.afterPowerLoss(below => steps % below).contents.paths()
    expect([[1, 2], [1], []]).toContainEqual([1, 2].filter(segment => left.includes(segmentPath(segment))))
    await journal.close().catch(() => {})
  }
})

test('what was removed when a process was killed does not come back after the next one has begun', async () => {
  const { files, journal } = await threeSessions()
  files.syncError = 'EIO'
  await expect(journal.retain({ before: { segment: 3, offset: 0 }, olderThanMs: Date.now() })).rejects.toThrow()
  const killed = files.afterKill()
  killed.contents.delete(`${directory}/lock`)
  const next = await openInMemory(killed)
  expect(killed.contents.has(segmentPath(2))).toBe(false)
  expect(killed.afterPowerLoss(() => 0).contents.has(segmentPath(2))).toBe(false)
  await next.journal.close()
  await journal.close()
})

test('knows at any time how much it takes on disk, also of what an earlier process left', async () => {
  const { files, journal } = await threeSessions()
  const onDisk = () =>
    files.contents
      .paths()
      .filter(path => path.startsWith(`${directory}/0`))
      .map(path => (files.contents.get(path) as Buffer).length)
  const expectTrue = ({ stats } = journal) =>
    expect([stats.segments, stats.diskBytes]).toEqual([onDisk().length, onDisk().reduce((sum, bytes) => sum + bytes, 0)])
  expectTrue()
  await journal.compress(journal.end)
  expectTrue()
  await journal.retain({ before: { segment: 3, offset: 0 }, olderThanMs: Date.now() })
  expectTrue()
  await journal.close()
  const again = await openInMemory(files)
  expectTrue(again.journal)
  await again.journal.close()
})
