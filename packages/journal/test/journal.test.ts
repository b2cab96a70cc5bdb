import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { openJournal, readJournal } from '../src/index.ts'
import { appendTexts, collect, directory, headerOf, log, openInMemory, readLive, textsOf } from './journal-fixture.ts'
import { MemoryFileSystem } from './memory-file-system.ts'

async function temporaryDirectory(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'journal-'))
  onTestFinished(() => rm(path, { recursive: true }))
  return join(path, 'inside', 'journal')
}

test('gives back kind, time and bytes of what was appended, on a real disk', async () => {
  const path = await temporaryDirectory()
  const journal = await openJournal({ directory: path, log, onLoss: () => {} })
  journal.beginSession(headerOf('s1'))
  journal.append('frame', 1_700_000_000_000_001, Buffer.from('{"a":"삼성"}'))
  journal.append('gap', 1_700_000_000_000_002, Buffer.from('{}'))
  journal.append('close', 1_700_000_000_000_003, Buffer.alloc(0))
  await journal.close()
  const [batch] = await collect(readJournal(path))
  expect(batch?.header).toEqual(headerOf('s1'))
  expect(batch?.entries.map(({ kind, timeUs, bytes }) => [kind, timeUs, bytes.toString('utf8')])).toEqual([
    ['frame', 1_700_000_000_000_001, '{"a":"삼성"}'],
    ['gap', 1_700_000_000_000_002, '{}'],
    ['close', 1_700_000_000_000_003, ''],
  ])
})

test('reading what is in memory lets sockets be read in between', async () => {
  const { journal } = await openInMemory()
  journal.beginSession(headerOf('s1'))
  appendTexts(
    journal,
    Array.from({ length: 40 }, (_, index) => String(index).padEnd(100)),
  )
  await journal.flush()
  let [batches, turns] = [0, 0]
  const count = () => {
    turns++
    next = setImmediate(count)
  }
  let next = setImmediate(count)
  for await (const _ of journal.readAll({ maxBytes: 1 })) {
    batches++
    const until = performance.now() + 6
    while (performance.now() < until);
  }
  clearImmediate(next)
  expect(batches).toBeGreaterThanOrEqual(40)
  expect(turns).toBeGreaterThanOrEqual(39)
  await journal.close()
})

test('tells where each entry begins in its segment, from memory and from the files alike', async () => {
  const path = await temporaryDirectory()
  const journal = await openJournal({ directory: path, log, segmentBytes: 2_000, onLoss: () => {} })
  journal.beginSession(headerOf('s1'))
  appendTexts(
    journal,
    Array.from({ length: 50 }, (_, index) => 'x'.repeat(index * 7)),
  )
  await journal.flush()
  const placesIn = (batches: Awaited<ReturnType<typeof collect>>) =>
    batches.flatMap(({ entries, start }) => entries.map(({ offset, bytes }) => ({ segment: start.segment, offset, length: bytes.length })))
  const places = placesIn(await collect(journal.readAll()))
  await journal.close()
  expect(places).toHaveLength(50)
  for (const maxBytes of [1, 300, 100_000]) expect(placesIn(await collect(readJournal(path, { maxBytes })))).toEqual(places)
  for (const { segment, offset, length } of places) {
    const [batch] = await collect(readJournal(path, { from: { segment, offset }, maxBytes: 1 }))
    expect(batch?.entries.map(entry => [entry.offset, entry.bytes.length])).toEqual([[offset, length]])
  }
})

test('wakes a reader as soon as something is written, and gives it each entry once', async () => {
  const { journal } = await openInMemory()
  journal.beginSession(headerOf('s1'))
  const reading = readLive(journal, 3)
  appendTexts(journal, ['one'])
  await journal.flush()
  appendTexts(journal, ['two', 'three'])
  expect(textsOf(await reading)).toEqual(['one', 'two', 'three'])
  await journal.close()
})

test('ends reading when the signal aborts, although nothing more comes', async () => {
  const { journal } = await openInMemory()
  const stop = new AbortController()
  const reading = collect(journal.readFrom({ segment: 0, offset: 0 }, stop.signal))
  stop.abort()
  expect(await reading).toEqual([])
  await journal.close()
})

test('announces a session that has no entries yet', async () => {
  const { journal } = await openInMemory()
  journal.beginSession(headerOf('s1'))
  await journal.flush()
  const [batch] = await collect(journal.readAll())
  expect(batch).toMatchObject({ header: headerOf('s1'), entries: [], start: { segment: 1, offset: 0 } })
  await journal.close()
})

test('never mixes two sessions in one batch', async () => {
  const { journal } = await openInMemory()
  journal.beginSession(headerOf('s1'))
  appendTexts(journal, ['a1', 'a2'])
  journal.beginSession(headerOf('s2'))
  appendTexts(journal, ['b1'])
  await journal.flush()
  const batches = await collect(journal.readAll())
  expect(batches.map(batch => [batch.header.session, textsOf([batch])])).toEqual([
    ['s1', ['a1', 'a2']],
    ['s2', ['b1']],
  ])
  await journal.close()
})

test('reading the files ends, although its owner writes as fast as they are read', async () => {
  const { journal, files } = await openInMemory(undefined, { segmentBytes: 4_000 })
  journal.beginSession(headerOf('s1'))
  const texts = Array.from({ length: 200 }, (_, index) => String(index).padStart(100))
  appendTexts(journal, texts)
  await journal.flush()
  const read: string[] = []
  for await (const batch of readJournal(directory, { files, maxBytes: 1_000 })) {
    read.push(...textsOf([batch]))
    appendTexts(journal, Array(20).fill('later'.padStart(100)))
    await journal.flush()
    if (read.length > 10_000) break
  }
  expect(read.slice(0, texts.length)).toEqual(texts)
  expect(read.length).toBeLessThan(texts.length + 20)
  await journal.close()
})

test('bounds batches by bytes, but gives a long entry whole', async () => {
  const { journal, files } = await openInMemory()
  const texts = ['a'.repeat(100), 'b'.repeat(100_000), ...Array.from({ length: 50 }, () => 'c'.repeat(100))]
  journal.beginSession(headerOf('s1'))
  appendTexts(journal, texts)
  await journal.flush()
  const fromMemory = await collect(journal.readAll({ maxBytes: 1000 }))
  const fromFiles = await collect(readJournal(directory, { files, maxBytes: 1000 }))
  for (const batches of [fromMemory, fromFiles]) {
    expect(textsOf(batches)).toEqual(texts)
    expect(Math.max(...batches.map(batch => batch.entries.length))).toBeLessThan(10)
  }
  await journal.close()
})

test('gives a late reader the same entries from the files that a live one had from memory', async () => {
  const { journal } = await openInMemory(new MemoryFileSystem(), { segmentBytes: 2_000, tailBytes: 1 })
  const texts = Array.from({ length: 500 }, (_, index) => `entry ${index}`)
  const live = readLive(journal, texts.length)
  journal.beginSession(headerOf('s1'))
  for (let at = 0; at < texts.length; at += 10) {
    appendTexts(journal, texts.slice(at, at + 10))
    await journal.flush()
  }
  expect(textsOf(await live)).toEqual(texts)
  expect(textsOf(await readLive(journal, texts.length))).toEqual(texts)
  expect(journal.stats.heldBytes).toBeLessThan(600 * 1024)
  await journal.close()
})

test('a reader that has caught up holds no file', async () => {
  const { journal, files } = await openInMemory(new MemoryFileSystem(), { segmentBytes: 200, tailBytes: 1 })
  journal.beginSession(headerOf('s1'))
  appendTexts(journal, ['x'.repeat(60), 'y'.repeat(60), 'z'.repeat(60)])
  await journal.flush()
  const read: string[] = []
  const stop = new AbortController()
  const reading = (async () => {
    for await (const batch of journal.readFrom({ segment: 0, offset: 0 }, stop.signal)) read.push(...textsOf([batch]))
  })()
  await expect.poll(() => read).toHaveLength(3)
  expect(files.openFiles).toBe(1)
  stop.abort()
  await reading
  await journal.close()
  expect(files.openFiles).toBe(0)
})

test('goes on in a new segment when one is full, with the same header', async () => {
  const { journal } = await openInMemory(new MemoryFileSystem(), { segmentBytes: 1_000 })
  journal.beginSession(headerOf('s1'))
  appendTexts(
    journal,
    Array.from({ length: 100 }, (_, index) => `entry ${index}`),
  )
  await journal.flush()
  const batches = await collect(journal.readAll())
  expect(new Set(batches.map(batch => batch.start.segment)).size).toBeGreaterThan(2)
  expect(new Set(batches.map(batch => batch.header.session))).toEqual(new Set(['s1']))
  await journal.close()
})

test('shows entries only after they are on the disk when every group is forced', async () => {
  const files = new MemoryFileSystem()
  const { journal } = await openInMemory(files, { fsyncMs: 0 })
  files.syncError = 'EIO'
  let hasSeen = false
  const reading = readLive(journal, 1).finally(() => {
    hasSeen = true
  })
  journal.beginSession(headerOf('s1'))
  appendTexts(journal, ['one'])
  await expect.poll(() => journal.stats.errors).toBeGreaterThan(2)
  expect(hasSeen).toBe(false)
  files.syncError = undefined
  expect(textsOf(await reading)).toEqual(['one'])
  await journal.close()
})

test('flush acknowledges what was written while another sync was under way only when it is on the disk too', async () => {
  let release = () => {}
  const released = new Promise<void>(resolve => {
    release = resolve
  })
  class SlowDisk extends MemoryFileSystem {
    override async open(path: string, mode: 'read' | 'append') {
      const file = await super.open(path, mode)
      return { ...file, sync: () => file.sync().then(() => released) }
    }
  }
  const files = new SlowDisk()
  const { journal } = await openInMemory(files, { fsyncMs: 10_000 })
  journal.beginSession(headerOf('s1'))
  appendTexts(journal, ['one'])
  await readLive(journal, 1)
  const first = journal.flush()
  await expect.poll(() => files.syncs).toBe(1)
  appendTexts(journal, ['two'])
  await readLive(journal, 2)
  const second = journal.flush()
  release()
  await Promise.all([first, second])
  expect(textsOf(await collect(readJournal(directory, { files: files.afterPowerLoss(() => 0) })))).toEqual(['one', 'two'])
  await journal.close()
})

test('reads on after a restart from the position where it stopped', async () => {
  const { journal, files } = await openInMemory()
  journal.beginSession(headerOf('s1'))
  appendTexts(journal, ['one', 'two'])
  const [first] = await readLive(journal, 2)
  appendTexts(journal, ['three'])
  await journal.close()
  const again = await openInMemory(files)
  again.journal.beginSession(headerOf('s1'))
  appendTexts(again.journal, ['four'])
  const rest = await readLive(again.journal, 2, first?.end)
  expect(textsOf(rest)).toEqual(['three', 'four'])
  expect(rest[0]?.start).toEqual(first?.end)
  await again.journal.close()
})

test('reads between two positions, and waits for what is still to be written', async () => {
  const { journal } = await openInMemory()
  journal.beginSession(headerOf('s1'))
  appendTexts(journal, ['one', 'two'])
  const from = journal.end
  appendTexts(journal, ['three', 'four'])
  const to = journal.end
  appendTexts(journal, ['five'])
  expect(textsOf(await collect(journal.readAll({ from, to })))).toEqual(['three', 'four'])
  await journal.close()
})

test('refuses entries without a session, too long ones, and all after closing', async () => {
  const { journal } = await openInMemory()
  expect(() => journal.append('frame', 1, Buffer.from('x'))).toThrowError(expect.objectContaining({ code: 'JOURNAL_NO_SESSION' }))
  journal.beginSession(headerOf('s1'))
  expect(() => journal.append('frame', 1, Buffer.alloc(17 * 1024 * 1024))).toThrowError(
    expect.objectContaining({ code: 'JOURNAL_ENTRY_TOO_LONG' }),
  )
  await journal.close()
  expect(() => journal.append('frame', 1, Buffer.from('x'))).toThrowError(expect.objectContaining({ code: 'JOURNAL_CLOSED' }))
})
