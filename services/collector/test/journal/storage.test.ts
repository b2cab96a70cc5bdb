import { readdirSync } from 'node:fs'
import { beginning, Checkpoint, checkpointPath, isSegmentName, type Position } from '@tickhouse/journal'
import { Lifecycle } from '@tickhouse/runtime'
import { eventually, temporaryFolder } from '@tickhouse/testkit'
import { expect, onTestFinished, test } from 'vitest'
import { loadCollectorConfig } from '../../src/config.ts'
import { openStorage } from '../../src/journal/storage.ts'
import { log } from '../feed-fixture.ts'

const sessions = ['s1', 's2', 's3']
const header = { openedAtUs: 1_000_000, environment: 'simulator', collector: 'test', version: 1 }

/** Opens the storage of a folder, until the test ends or it is closed. */
async function open(directory: string, env: Record<string, string> = {}, nowMs: () => number | undefined = () => undefined) {
  const config = loadCollectorConfig({
    KIWOOM_ENV: 'simulator',
    KIWOOM_REST_URL: 'http://127.0.0.1:1',
    KIWOOM_WS_URL: 'ws://127.0.0.1:1',
    KAFKA_BROKERS: '127.0.0.1:9092',
    JOURNAL_DIR: directory,
    JOURNAL_SEGMENT_MB: '1',
    ...env,
  })
  const lifecycle = new Lifecycle(log)
  onTestFinished(() => lifecycle.close())
  return { ...(await openStorage({ config, log, lifecycle }, { onLoss: () => {}, nowMs })), close: () => lifecycle.close() }
}

/** A folder with three sessions of 1 MB each, all of them published. */
async function threeSessions(): Promise<string> {
  const directory = temporaryFolder()
  const { journal, close } = await open(directory)
  for (const session of sessions) {
    journal.beginSession({ ...header, session })
    for (let index = 0; index < 1_000; index++) journal.append('frame', 1_000_000 + index, Buffer.from(`${index} `.repeat(200)))
  }
  await journal.flush()
  await publishedUpTo(directory, journal.end)
  await close()
  return directory
}

async function publishedUpTo(directory: string, position: Position): Promise<void> {
  const checkpoint = await Checkpoint.open<object>({ path: checkpointPath(directory), log })
  checkpoint.moveTo({ position })
  await checkpoint.close()
}

function segmentsIn(directory: string): string[] {
  return readdirSync(directory).filter(isSegmentName)
}

test('compresses what is published when it starts, all but the newest session', async () => {
  const directory = await threeSessions()
  const { journal } = await open(directory)
  await eventually(() => expect(segmentsIn(directory).map(name => name.endsWith('.zst'))).toEqual([true, true, false]))
  expect(journal.stats).toMatchObject({ segments: 3, excessBytes: 0 })
})

test('leaves everything as it is when it shall not compress, and nothing is old', async () => {
  const directory = await threeSessions()
  const before = segmentsIn(directory)
  const { journal } = await open(directory, { JOURNAL_COMPRESS: 'false' })
  // Comes after what was begun at the start.
  await journal.retain({ before: beginning, olderThanMs: 0 })
  expect(segmentsIn(directory)).toEqual(before)
})

test('removes the oldest sessions when the journal takes more than it may', async () => {
  const directory = await threeSessions()
  const { journal } = await open(directory, { JOURNAL_MAX_MB: '1', JOURNAL_COMPRESS: 'false' })
  await eventually(() => expect(journal.stats.segments).toBe(1))
  expect(journal.stats.excessBytes).toBe(0)
})

test('removes nothing for its age while nobody knows whether the clock is right', async () => {
  const directory = await threeSessions()
  const env = { JOURNAL_RETENTION: '1ms', JOURNAL_COMPRESS: 'false' }
  const unknown = await open(directory, env)
  await unknown.journal.retain({ before: beginning, olderThanMs: 0 })
  expect(segmentsIn(directory)).toHaveLength(3)
  await unknown.close()
  const { journal } = await open(directory, env, () => Date.now())
  await eventually(() => expect(journal.stats.segments).toBe(1))
})

test('keeps more than it may when that is not published, and tells how much', async () => {
  const directory = await threeSessions()
  await publishedUpTo(directory, { segment: 1, offset: 100 })
  const { journal } = await open(directory, { JOURNAL_MAX_MB: '1' })
  await eventually(() => expect(journal.stats.excessBytes).toBeGreaterThan(1_000_000))
  expect(journal.stats.segments).toBe(3)
})
