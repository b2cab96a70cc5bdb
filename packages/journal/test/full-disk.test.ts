import { expect, test } from 'vitest'
import { type Journal, type Loss, openJournal, readJournal } from '../src/index.ts'
import { appendTexts, collect, directory, headerOf, log, openInMemory, textsOf } from './journal-fixture.ts'
import { MemoryFileSystem } from './memory-file-system.ts'

test('loses nothing when the disk is full for a moment only', async () => {
  const files = new MemoryFileSystem()
  const { journal, losses } = await openInMemory(files)
  journal.beginSession(headerOf('s1'))
  appendTexts(journal, ['one'])
  await journal.flush()
  files.capacityBytes = files.usedBytes + 10
  appendTexts(journal, ['two', 'three'])
  await expect.poll(() => journal.problem?.code).toBe('ENOSPC')
  files.capacityBytes = Number.POSITIVE_INFINITY
  await journal.flush()
  expect(journal.problem).toBeUndefined()
  expect(losses).toEqual([])
  expect(textsOf(await collect(readJournal(directory, { files })))).toEqual(['one', 'two', 'three'])
  await journal.close()
})

test('leaves no torn entry in the file while the disk is full', async () => {
  const files = new MemoryFileSystem()
  const { journal } = await openInMemory(files)
  journal.beginSession(headerOf('s1'))
  appendTexts(journal, ['one'])
  await journal.flush()
  const whole = files.usedBytes
  files.capacityBytes = whole + 10
  appendTexts(journal, ['two'])
  await expect.poll(() => journal.problem?.code).toBe('ENOSPC')
  expect(files.usedBytes).toBe(whole)
  await journal.close()
})

test('counts what does not fit into memory either, and the gap stands where it is missing', async () => {
  const files = new MemoryFileSystem()
  const losses: Loss[] = []
  const onLoss = (loss: Loss) => {
    losses.push(loss)
    journal.append('gap', loss.toUs, Buffer.from('lost'))
  }
  const journal: Journal = await openJournal({ directory, files, log, pendingBytes: 1_000, onLoss })
  journal.beginSession(headerOf('s1'))
  await journal.flush()
  files.writeError = 'EIO'
  const texts = Array.from({ length: 100 }, (_, index) => `entry ${String(index).padStart(4, '0')}`)
  appendTexts(journal, texts.slice(0, 1))
  await expect.poll(() => journal.problem?.code).toBe('EIO')
  appendTexts(journal, texts.slice(1), 2_000_001)
  journal.append('heartbeat', 2_500_000, Buffer.alloc(0)) // finds no room, and is no loss
  files.writeError = undefined
  await expect.poll(() => losses).toHaveLength(1)
  appendTexts(journal, ['after'], 3_000_000)
  await journal.flush()

  const kept = textsOf(await collect(journal.readAll()))
  const [loss] = losses as [Loss]
  expect(kept).toEqual([...texts.slice(0, 100 - loss.entries), 'lost', 'after'])
  expect(loss).toMatchObject({ fromUs: 2_000_000 + 100 - loss.entries, toUs: 2_000_099, code: 'EIO', bytes: loss.entries * 10 })
  expect(journal.stats).toMatchObject({ lostEntries: loss.entries, lostBytes: loss.bytes })
  await journal.close()
})

test('keeps memory bounded when sessions come and go while nothing can be written', async () => {
  const files = new MemoryFileSystem()
  const mebibyte = 1024 * 1024
  const { journal } = await openInMemory(files, { pendingBytes: mebibyte, tailBytes: mebibyte })
  files.writeError = 'ENOSPC'
  for (let session = 0; session < 200; session++) {
    journal.beginSession(headerOf(`s${session}`))
    appendTexts(journal, ['entry'])
  }
  expect(journal.stats.heldBytes).toBeLessThanOrEqual(3.5 * mebibyte)
  expect(journal.stats.lostEntries).toBeGreaterThan(0)
  await journal.close()
})

test('closes in time although the disk is full, and what was written before can be read', async () => {
  const files = new MemoryFileSystem()
  const { journal } = await openInMemory(files)
  journal.beginSession(headerOf('s1'))
  appendTexts(journal, ['one'])
  await journal.flush()
  files.writeError = 'ENOSPC'
  appendTexts(journal, ['two'])
  await journal.close()
  expect(textsOf(await collect(readJournal(directory, { files })))).toEqual(['one'])
})

test('tells what was lost also when it is closed before everything is written', async () => {
  const files = new MemoryFileSystem()
  const onLoss = (loss: Loss) => journal.append('gap', loss.toUs, Buffer.from('lost'))
  const journal: Journal = await openJournal({ directory, files, log, pendingBytes: 100, onLoss })
  journal.beginSession(headerOf('s1'))
  appendTexts(journal, ['one', 'two', 'three'])
  expect(journal.stats.lostEntries).toBeGreaterThan(0)
  await journal.close()
  expect(textsOf(await collect(readJournal(directory, { files }))).at(-1)).toBe('lost')
  expect(files.contents.has(`${directory}/lock`)).toBe(false)
})

test('closing tries once more what was failing when it began', async () => {
  const { journal, files } = await openInMemory(new MemoryFileSystem(), { retryMs: 10_000 })
  journal.beginSession(headerOf('s1'))
  appendTexts(journal, ['one'])
  files.writeError = 'EIO'
  files.turnsOfStep = () => {
    if (journal.stats.errors === 0) return 1
    files.writeError = undefined
    return 0
  }
  await journal.close()
  expect(textsOf(await collect(readJournal(directory, { files })))).toEqual(['one'])
})

test('says when the disk refuses to make things lasting, until it does so again', async () => {
  const files = new MemoryFileSystem()
  const { journal } = await openInMemory(files)
  files.syncError = 'EIO'
  journal.beginSession(headerOf('s1'))
  appendTexts(journal, ['one'])
  await expect.poll(() => journal.problem?.code).toBe('EIO')
  files.syncError = undefined
  await expect.poll(() => journal.problem).toBeUndefined()
  await journal.close()
})

test('acknowledges nothing in a segment whose name the disk did not make lasting', async () => {
  const { journal, files } = await openInMemory(new MemoryFileSystem(), { retryMs: 1 })
  files.syncError = 'EIO'
  journal.beginSession(headerOf('s1'))
  appendTexts(journal, ['one'])
  await expect.poll(() => journal.stats.errors).toBeGreaterThan(2)
  files.syncError = undefined
  await journal.flush()
  const left = files.afterPowerLoss(() => 0)
  expect(textsOf(await collect(readJournal(directory, { files: left })))).toEqual(['one'])
  await journal.close()
})

test('is behind while more than half of what may wait does, on a disk that works and is slow', async () => {
  const files = new MemoryFileSystem()
  const { journal } = await openInMemory(files, { pendingBytes: 1_000 })
  journal.beginSession(headerOf('s1'))
  await journal.flush()
  expect(journal.isBehind).toBe(false)
  appendTexts(journal, ['x'.repeat(600)])
  expect(journal.isBehind).toBe(true)
  await journal.flush()
  expect(journal.isBehind).toBe(false)
  files.writeError = 'EIO'
  appendTexts(journal, ['x'.repeat(600)])
  await expect.poll(() => journal.problem?.code).toBe('EIO')
  expect(journal.isBehind).toBe(false)
  await journal.close()
})
