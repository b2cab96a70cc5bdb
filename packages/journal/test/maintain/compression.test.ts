import { spawnSync } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { type Journal, readJournal } from '../../src/index.ts'
import {
  appendTexts,
  collect,
  compressedPath,
  directory,
  framesOf,
  headerOf,
  openInMemory,
  readLive,
  segmentPath,
  textsOf,
} from '../journal-fixture.ts'
import { MemoryFileSystem } from '../memory-file-system.ts'

const hasZstd = spawnSync('zstd', ['--version']).status === 0

/** A session of two segments of several frames each and a small one, then a session that is being written. */
async function oldAndNew(files = new MemoryFileSystem()) {
  const { journal } = await openInMemory(files, { segmentBytes: 2_500_000, tailBytes: 1 })
  const texts = Array.from({ length: 600 }, (_, index) => `${index} ${'payload '.repeat(1_000 + (index % 500))}`)
  journal.beginSession(headerOf('s1'))
  appendTexts(journal, texts)
  journal.beginSession(headerOf('s2'))
  appendTexts(journal, ['new'])
  await journal.flush()
  return { files, journal, texts: [...texts, 'new'] }
}

/** The same, small, for tests that look at every step or byte. */
async function small(files = new MemoryFileSystem()) {
  const { journal } = await openInMemory(files, { segmentBytes: 300, tailBytes: 1 })
  const texts = ['one', 'two', 'three', 'four', 'five', 'six']
  journal.beginSession(headerOf('s1'))
  appendTexts(journal, texts)
  journal.beginSession(headerOf('s2'))
  appendTexts(journal, ['new'])
  await journal.flush()
  return { files, journal, texts: [...texts, 'new'] }
}

function segmentNames(files: MemoryFileSystem): string[] {
  return files.contents.paths().filter(path => path.includes('.journal'))
}

function compressAll(journal: Journal) {
  return journal.compress(journal.end)
}

test('reads the same from compressed segments: all, from anywhere, and in another process', async () => {
  const { files, journal, texts } = await oldAndNew()
  const before = await collect(journal.readAll({ maxBytes: 100_000 }))
  const { segments, plainBytes, compressedBytes } = await compressAll(journal)
  expect(segments).toBe(3)
  expect(compressedBytes).toBeLessThan(plainBytes / 5)
  expect(segmentNames(files)).toEqual([compressedPath(1), compressedPath(2), compressedPath(3), segmentPath(4)])
  expect(await collect(journal.readAll({ maxBytes: 100_000 }))).toEqual(before)
  expect(await collect(readJournal(directory, { files, maxBytes: 100_000 }))).toEqual(before)
  for (const index of [1, 20, before.length - 2]) {
    const rest = before.slice(index)
    const from = rest[0]!.start
    expect(await collect(journal.readAll({ from, maxBytes: 100_000 }))).toEqual(rest)
    expect(textsOf(await readLive(journal, textsOf(rest).length, from))).toEqual(textsOf(rest))
  }
  expect(texts).toEqual(textsOf(before))
  await journal.close()
})

test('a reader that is in the middle of a segment does not notice that it is compressed', async () => {
  const { journal, texts } = await oldAndNew()
  const read: string[] = []
  for await (const batch of journal.readAll({ maxBytes: 500_000 })) {
    read.push(...textsOf([batch]))
    await compressAll(journal)
  }
  expect(read).toEqual(texts)
  await journal.close()
})

test('compresses the newest session too where nobody writes any more', async () => {
  const { files, journal, texts } = await small()
  await compressAll(journal)
  expect(segmentNames(files).some(path => path.endsWith('.journal'))).toBe(true)
  await journal.close()
  const { journal: reopened } = await openInMemory(files)
  await reopened.compress(reopened.end, 'all')
  expect(segmentNames(files).some(path => path.endsWith('.journal'))).toBe(false)
  expect(textsOf(await collect(reopened.readAll()))).toEqual(texts)
  await reopened.close()
})

test('compresses what lies before the position, never the newest session, and each segment once', async () => {
  const { files, journal } = await small()
  const { segment } = journal.end
  expect(await journal.compress({ segment: 1, offset: 200 })).toMatchObject({ segments: 0 })
  expect(await journal.compress({ segment: 2, offset: 0 })).toMatchObject({ segments: 1 })
  expect(segmentNames(files)).toContain(segmentPath(2))
  expect(await journal.compress({ segment: segment + 1, offset: 0 })).toMatchObject({ segments: segment - 2 })
  expect(segmentNames(files).filter(path => path.endsWith('.journal'))).toEqual([segmentPath(segment)])
  expect(await compressAll(journal)).toMatchObject({ segments: 0 })
  await journal.close()
})

test('goes on after a restart behind segments that are compressed, be it the last one too', async () => {
  const { files, journal, texts } = await small()
  await compressAll(journal)
  await journal.close()
  files.contents.delete(segmentPath(journal.end.segment))
  const again = await openInMemory(files)
  expect(again.journal.recovered).toMatchObject({
    lastSegment: journal.end.segment - 1,
    truncatedBytes: 0,
    last: { header: headerOf('s1') },
  })
  again.journal.beginSession(headerOf('s3'))
  appendTexts(again.journal, ['later'])
  await again.journal.flush()
  expect(textsOf(await collect(again.journal.readAll()))).toEqual([...texts.slice(0, -1), 'later'])
  await again.journal.close()
})

test('after a crash at any step every segment is there once, and compressing goes on', async () => {
  let states = 0
  for (let isDone = false, steps = 1; !isDone; steps++) {
    for (const crash of ['kill', 'power loss', 'power loss', 'power loss'] as const) {
      const { files, journal, texts } = await small()
      files.stopAfter(steps)
      isDone = await compressAll(journal).then(
        () => true,
        () => false,
      )
      const left = crash === 'kill' ? files.afterKill() : files.afterPowerLoss(below => (states++ * 7919) % below)
      await journal.close().catch(() => {})
      left.contents.delete(`${directory}/lock`)
      const again = await openInMemory(left)
      expect(textsOf(await collect(readJournal(directory, { files: left })))).toEqual(texts)
      again.journal.beginSession(headerOf('s3'))
      await again.journal.flush()
      await compressAll(again.journal)
      expect(textsOf(await collect(again.journal.readAll()))).toEqual(texts)
      expect(segmentNames(left).filter(path => path.endsWith('.journal'))).toEqual([segmentPath(again.journal.end.segment)])
      await again.journal.close()
    }
  }
  expect(states).toBeGreaterThan(100)
})

test('leaves the plain segment when the disk is full, and says so', async () => {
  const { files, journal, texts } = await small()
  const before = segmentNames(files)
  files.capacityBytes = files.usedBytes + 50
  await expect(compressAll(journal)).rejects.toMatchObject({ code: 'ENOSPC' })
  expect(segmentNames(files)).toEqual(before)
  expect(textsOf(await collect(journal.readAll()))).toEqual(texts)
  await journal.close()
})

test('keeps the plain segment when what was written reads differently', async () => {
  const { files, journal, texts } = await oldAndNew()
  files.turnsOfStep = () => {
    const bytes = files.contents.get(compressedPath(1))
    if (bytes !== undefined && bytes.length > 2_000) bytes[1_000] = 1 + (bytes[1_000] as number)
    return 0
  }
  await expect(compressAll(journal)).rejects.toMatchObject({ code: 'JOURNAL_NOT_READ_BACK' })
  expect(segmentNames(files)).not.toContain(compressedPath(1))
  expect(textsOf(await collect(journal.readAll()))).toEqual(texts)
  await journal.close()
})

test('closing ends compressing at the next piece and waits for it', async () => {
  const { files, journal, texts } = await oldAndNew()
  const compressing = compressAll(journal).catch((error: Error) => error.name)
  await journal.close()
  expect(await compressing).toBe('AbortError')
  expect(segmentNames(files).filter(path => path.endsWith('.journal'))).toHaveLength(4)
  expect(textsOf(await collect(readJournal(directory, { files })))).toEqual(texts)
})

test('a damaged frame is a gap in the place of its entries, and everything else is read', async () => {
  const { files, journal, texts } = await oldAndNew()
  await compressAll(journal)
  const bytes = files.contents.get(compressedPath(1)) as Buffer
  files.corrupt(compressedPath(1), Math.floor(bytes.length / 2))
  const batches = await collect(journal.readAll())
  const read = framesOf(batches)
  const first = texts.findIndex((text, index) => text !== read[index])
  const lost = texts.length - read.length
  expect(lost).toBeGreaterThan(10)
  expect(lost).toBeLessThan(250)
  expect(read).toEqual([...texts.slice(0, first), ...texts.slice(first + lost)])
  const [damaged, ...others] = batches.filter(batch => batch.damage !== undefined)
  expect(others).toEqual([])
  expect(JSON.parse(textsOf([damaged!])[0] as string)).toMatchObject({
    from: 2_000_000 + first - 1,
    to: 2_000_000 + first + lost,
    reason: 'journal_damaged',
  })
  await journal.close()
})

test('whichever byte of a compressed segment goes bad, reading goes on, and only what is damaged is missing', async () => {
  const { files, journal, texts } = await small()
  await compressAll(journal)
  const bytes = files.contents.get(compressedPath(1)) as Buffer
  const inFirst = textsOf(await collect(journal.readAll({ to: { segment: 2, offset: 0 } })))
  let intact = 0
  for (let place = 0; place < bytes.length; place++) {
    files.contents.set(compressedPath(1), bytes)
    files.corrupt(compressedPath(1), place)
    const batches = await collect(journal.readAll())
    const read = framesOf(batches)
    if (read.length === texts.length) intact += 1
    else expect(batches.filter(batch => batch.damage !== undefined).length).toBeGreaterThan(0)
    expect(texts.slice(inFirst.length)).toEqual(read.slice(-(texts.length - inFirst.length)))
  }
  const [indexBytes, seekTableBytes] = [12 + 2 * 8, 8 + 3 * 8 + 9]
  expect(intact).toBeGreaterThanOrEqual(indexBytes + seekTableBytes)
  await journal.close()
})

test('however short a compressed segment is cut, reading goes on behind it', async () => {
  const { files, journal, texts } = await small()
  await compressAll(journal)
  const bytes = files.contents.get(compressedPath(1)) as Buffer
  const inFirst = textsOf(await collect(journal.readAll({ to: { segment: 2, offset: 0 } }))).length
  for (let length = 0; length < bytes.length; length++) {
    files.contents.set(compressedPath(1), bytes.subarray(0, length))
    const batches = await collect(journal.readAll())
    expect(framesOf(batches).slice(-(texts.length - inFirst))).toEqual(texts.slice(inFirst))
    if (framesOf(batches).length < texts.length) expect(batches.some(batch => batch.damage !== undefined)).toBe(true)
  }
  await journal.close()
})

test.skipIf(!hasZstd)('`zstd -d` gives back the plain segment (skipped where there is no zstd)', async () => {
  const { files, journal } = await oldAndNew()
  const plain = files.contents.get(segmentPath(1)) as Buffer
  await compressAll(journal)
  const folder = await mkdtemp(join(tmpdir(), 'journal-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  const path = join(folder, 'segment.zst')
  await writeFile(path, files.contents.get(compressedPath(1)) as Buffer)
  const { stdout, status } = spawnSync('zstd', ['-d', '-c', path], { maxBuffer: 100_000_000 })
  expect(status).toBe(0)
  expect(stdout.equals(plain)).toBe(true)
  await journal.close()
})
