import { expect, test } from 'vitest'
import { appendTexts, collect, headerOf, openInMemory, segmentPath, textsOf } from './journal-fixture.ts'
import { MemoryFileSystem } from './memory-file-system.ts'

const longAgoMs = 1_000

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

test('knows how many bytes are on disk, also of earlier lives', async () => {
  const { journal, files } = await threeSessions()
  const onDisk = () => [...files.contents].reduce((sum, [path, { length }]) => sum + (path.endsWith('.journal') ? length : 0), 0)
  expect(journal.stats.storedBytes).toBe(onDisk())
  await journal.retain({ before: { segment: 4, offset: 0 }, olderThanMs: Date.now() })
  expect(journal.stats.storedBytes).toBe(onDisk())
  await journal.close()
  const next = await openInMemory(files)
  expect(next.journal.stats.storedBytes).toBe(onDisk())
  next.journal.beginSession(headerOf('s4'))
  appendTexts(next.journal, ['z'])
  await next.journal.flush()
  expect(next.journal.stats.storedBytes).toBe(onDisk())
  expect(onDisk()).toBeGreaterThan(0)
  await next.journal.close()
})

test('keeps what was written lately', async () => {
  const { journal } = await threeSessions()
  expect(await journal.retain({ before: journal.end, olderThanMs: longAgoMs - 1 })).toBe(0)
  await journal.close()
})

test('keeps what lies behind the position, however old', async () => {
  const { journal } = await threeSessions()
  expect(await journal.retain({ before: { segment: 1, offset: 50 }, olderThanMs: Date.now() })).toBe(0)
  await journal.close()
})
