import fc from 'fast-check'
import { expect, test } from 'vitest'
import { readJournal } from '../src/index.ts'
import { collect, directory, framesOf, headerOf, openInMemory, readLive, segmentPath, textsOf } from './journal-fixture.ts'
import { MemoryFileSystem } from './memory-file-system.ts'

const content = fc.uint8Array({ maxLength: 300 })
const session = fc.array(content, { maxLength: 20 })

/** Writes the sessions and closes; returns the contents in order, one text per entry. */
async function write(files: MemoryFileSystem, sessions: Uint8Array[][], segmentBytes: number): Promise<string[]> {
  const { journal } = await openInMemory(files, { segmentBytes, tailBytes: 1 })
  const texts: string[] = []
  for (const [index, contents] of sessions.entries()) {
    journal.beginSession(headerOf(`s${index}`))
    for (const bytes of contents) {
      journal.append('frame', texts.length, Buffer.from(bytes))
      texts.push(Buffer.from(bytes).toString('utf8'))
    }
    if (index % 2 === 0) await journal.flush()
  }
  await journal.close()
  return texts
}

test('reads back what was appended, in order, once, whatever the sizes', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(session, { minLength: 1, maxLength: 5 }),
      fc.integer({ min: 1, max: 3_000 }),
      fc.integer({ min: 1, max: 500 }),
      async (sessions, segmentBytes, maxBytes) => {
        const files = new MemoryFileSystem()
        const texts = await write(files, sessions, segmentBytes)
        const batches = await collect(readJournal(directory, { files, maxBytes }))
        expect(textsOf(batches)).toEqual(texts)
        expect(batches.flatMap(batch => batch.entries.map(entry => entry.timeUs))).toEqual(texts.map((_, index) => index))
        for (const [index, batch] of batches.entries())
          if (index > 0) expect(batch.start.offset === 0 || batch.start.offset === batches[index - 1]?.end.offset).toBe(true)
      },
    ),
  )
})

test('reads back whole entries from the beginning after the file was cut anywhere, and goes on from there', async () => {
  await fc.assert(
    fc.asyncProperty(session, fc.nat(), async (contents, cut) => {
      const files = new MemoryFileSystem()
      const texts = await write(files, [contents], 1_000_000)
      const bytes = files.contents.get(segmentPath(1)) as Buffer
      files.contents.set(segmentPath(1), bytes.subarray(0, cut % (bytes.length + 1)))
      const { journal } = await openInMemory(files)
      journal.beginSession(headerOf('next'))
      journal.append('frame', 1, Buffer.from('next'))
      await journal.flush()
      const batches = await collect(journal.readAll())
      const read = textsOf(batches)
      expect(read).toEqual([...texts.slice(0, read.length - 1), 'next'])
      expect(batches.every(batch => batch.damage === undefined)).toBe(true)
      await journal.close()
    }),
  )
})

test('after any one byte went bad, everything else comes back in order and the bad stretch is reported or cut off', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(content, { minLength: 1, maxLength: 20 }), fc.nat(), async (contents, place) => {
      const files = new MemoryFileSystem()
      const texts = await write(files, [contents], 1_000_000)
      const size = (files.contents.get(segmentPath(1)) as Buffer).length
      files.corrupt(segmentPath(1), place % size)
      const { journal } = await openInMemory(files)
      journal.beginSession(headerOf('next'))
      await journal.flush()
      const batches = await collect(journal.readAll())
      const read = framesOf(batches)
      const isReported = batches.some(batch => batch.damage !== undefined) || journal.recovered.truncatedBytes > 0
      expect(isReported).toBe(true)
      expect(isSubsequence(read, texts)).toBe(true)
      if (batches.every(batch => batch.header.session !== '') && journal.recovered.lastSegment === 1)
        expect(read.length).toBe(texts.length - (read.length < texts.length ? 1 : 0))
      await journal.close()
    }),
  )
})

test('a reader that starts anywhere while entries are written gets all that follows', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(session, { minLength: 1, maxLength: 4 }),
      fc.integer({ min: 50, max: 2_000 }),
      async (sessions, segmentBytes) => {
        const { journal } = await openInMemory(new MemoryFileSystem(), { segmentBytes, tailBytes: 1 })
        const texts = sessions.flat().map(bytes => Buffer.from(bytes).toString('utf8'))
        const reading = texts.length > 0 ? readLive(journal, texts.length, undefined, 100) : Promise.resolve([])
        for (const [index, contents] of sessions.entries()) {
          journal.beginSession(headerOf(`s${index}`))
          for (const bytes of contents) journal.append('frame', 1, Buffer.from(bytes))
          await new Promise(setImmediate)
        }
        expect(textsOf(await reading)).toEqual(texts)
        await journal.close()
      },
    ),
  )
})

function isSubsequence(part: readonly string[], whole: readonly string[]): boolean {
  let at = 0
  for (const text of whole) if (at < part.length && part[at] === text) at++
  return at === part.length
}
