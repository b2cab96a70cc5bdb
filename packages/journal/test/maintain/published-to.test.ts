import { expect, test } from 'vitest'
import { Checkpoint, checkpointPath, type Position, publishedTo } from '../../src/index.ts'
import { directory, log } from '../journal-fixture.ts'
import { MemoryFileSystem } from '../memory-file-system.ts'

test('whoever does not own a journal learns how far it is published', async () => {
  const files = new MemoryFileSystem()
  expect(await publishedTo(directory, files)).toBeUndefined()
  const checkpoint = await Checkpoint.open<{ position: Position; session: string }>({ path: checkpointPath(directory), log, files })
  checkpoint.moveTo({ position: { segment: 3, offset: 700 }, session: 's1' })
  await checkpoint.flush()
  expect(await publishedTo(directory, files)).toEqual({ segment: 3, offset: 700 })
})
