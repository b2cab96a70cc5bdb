import { openJournal } from '@tickhouse/journal'
import { systemClock } from '@tickhouse/runtime'
import { eventually, temporaryFolder } from '@tickhouse/testkit'
import { expect, onTestFinished, test } from 'vitest'
import { loadCollectorConfig } from '../../src/config.ts'
import { FeedLog } from '../../src/journal/feed-log.ts'
import { PublisherHandle } from '../../src/thread/publisher-handle.ts'
import { log } from '../feed-fixture.ts'
import { tradeFrame } from '../scripted-venue.ts'

const module = new URL('publishing-thread-worker.ts', import.meta.url)
const slow = { timeoutMs: 30_000 }
const secondUs = 1_000_000

/** A journal, and the thread that publishes it, with something that goes wrong. */
async function begin(trouble = 'none', { directory = temporaryFolder(), stillTimeoutMs = 60_000 } = {}) {
  const config = loadCollectorConfig({
    KIWOOM_ENV: 'simulator',
    KIWOOM_REST_URL: 'http://127.0.0.1:1',
    KIWOOM_WS_URL: 'ws://127.0.0.1:1',
    KIWOOM_TYPES: 'trade',
    KIWOOM_SYMBOLS: '005930,999998,999999',
    KAFKA_BROKERS: `${trouble}:1`,
    PUBLISH_LINGER: '1ms',
    JOURNAL_DIR: directory,
  })
  const journal = await openJournal({ directory, log, tailBytes: 0, segmentBytes: 20_000, onLoss: () => {} })
  const said: string[] = []
  const observer = {
    silent: ({ item }: { item: string }, session: string) => void said.push(`${item} silent in ${session}`),
    spoke: (item: string, session: string) => void said.push(`${item} spoke in ${session}`),
  }
  const thread = new PublisherHandle({ config, journal, logLevel: 'silent', observer, module, stillTimeoutMs })
  const running = thread.run()
  running.catch(() => {})
  const feedLog = new FeedLog({
    journal,
    identity: { environment: 'simulator', collector: 'test' },
    clock: systemClock,
    log,
    onGap: gap => thread.gap(gap),
    onRefused: (pairs, session) => thread.refused(pairs, session),
  })
  feedLog.resume(journal.recovered.last, journal.recovered.truncatedBytes)
  onTestFinished(async () => {
    thread.kill()
    await journal.close()
  })
  const shown = async () => {
    await thread.look()
    return thread
  }
  let number = 0
  const capture = (count: number, timeUs = () => feedLog.now()) => {
    for (let index = 0; index < count; index++) journal.append('frame', timeUs(), Buffer.from(tradeFrame(++number)))
  }
  return { journal, feedLog, thread, running, directory, said, shown, capture }
}

test('publishes what the thread of the sockets appends, and shows it when it is looked at', async () => {
  const { feedLog, thread, shown, capture, running } = await begin()
  await thread.started
  expect((await shown()).lag).toEqual({ records: 0, bytes: 0, ageMs: 0 })
  feedLog.begin()
  feedLog.settle()
  capture(500)
  await eventually(async () => expect((await shown()).counts.datasets.get('trade')).toMatchObject({ received: 500, published: 500 }), slow)
  await eventually(async () => expect((await shown()).lag).toEqual({ records: 0, bytes: 0, ageMs: 0 }), slow)
  expect(thread.problem).toBeUndefined()
  expect(thread.metrics).toMatch(/^tickhouse_collector_parcels_total\{trigger="linger",service="collector",collector="[^"]+"\} [1-9]/m)
  await thread.close()
  await running
})

test('closing publishes what is appended and not even written, and the next thread has nothing left to do', async () => {
  const first = await begin()
  await first.thread.started
  first.feedLog.begin()
  first.capture(300)
  first.feedLog.close({ fromUs: first.feedLog.now(), reason: 'stopped', evidence: 'test' })
  await first.thread.close()
  await first.running
  await first.journal.close()
  const second = await begin('none', { directory: first.directory })
  await eventually(async () => expect((await second.shown()).problem).toBeUndefined(), slow)
  expect(second.thread.lag.records).toBe(0)
  expect(second.thread.counts.datasets.size).toBe(0)
})

test('a thread that may not read its topics ends, as does one with a bug, and says why', async () => {
  const forbidden = await begin('forbidden')
  await expect(forbidden.running).rejects.toMatchObject({ code: 'BUS_NOT_ALLOWED' })
  expect(forbidden.thread.problem).toMatch(/^The publishing thread has ended: Reading the topics is not allowed/)
  const broken = await begin('bug')
  broken.feedLog.begin()
  await expect(broken.running).rejects.toThrow('a bug of ours')
  await broken.thread.look()
  await broken.thread.close()
})

test('a thread whose heap is full ends, and the others go on', { timeout: 60_000 }, async () => {
  const { feedLog, running, thread } = await begin('greed')
  feedLog.begin()
  await expect(running).rejects.toMatchObject({ code: 'ERR_WORKER_OUT_OF_MEMORY' })
  expect(thread.problem).toMatch(/^The publishing thread has ended: .*memory/)
})

test('a thread that stands still is a problem, and its lag rises', { timeout: 60_000 }, async () => {
  const { feedLog, shown, thread, capture, journal } = await begin('hang', { stillTimeoutMs: 1_500 })
  await eventually(async () => expect((await shown()).problem).toBeUndefined(), slow)
  feedLog.begin()
  await journal.flush()
  await eventually(() => expect(thread.problem).toMatch(/^The publishing thread has stood still for \d+ s$/), slow)
  const before = thread.lag
  capture(10)
  await thread.look()
  await eventually(() => expect(thread.lag.ageMs).toBeGreaterThan(before.ageMs))
  expect(thread.lag.records).toBe(before.records + 10)
  expect(thread.lag.bytes).toBeGreaterThan(before.bytes)
})

test('says which items fall silent, those aside that the venue has refused', async () => {
  const { feedLog, said, shown, thread, capture } = await begin()
  const { session, openedAtUs } = feedLog.begin()
  feedLog.refuse({ types: ['0B'], items: ['999998'], reason: 'registration_refused', evidence: 'no such item' })
  await thread.started
  let timeUs = openedAtUs
  capture(1_000, () => {
    timeUs += secondUs
    return timeUs
  })
  await eventually(() => expect(said).toEqual([`999999 silent in ${session}`]), slow)
  expect([...(await shown()).counts.items.silent.keys()]).toEqual(['999999'])
})

test('counts the gaps that were written beside those that frames show', async () => {
  const { feedLog, thread, shown, journal } = await begin()
  feedLog.begin()
  feedLog.gap({ from: 1, to: 2, reason: 'disconnected', evidence: 'test' })
  for (const total of [1, 9]) journal.append('frame', feedLog.now(), Buffer.from(tradeFrame(total)))
  await eventually(async () => expect((await shown()).counts.gaps.size).toBe(2), slow)
  expect(Object.fromEntries(thread.counts.gaps)).toEqual({ disconnected: 1, volume_missing: 1 })
})
