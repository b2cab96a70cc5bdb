import { SessionNormalizer } from '@tickhouse/catalogue'
import { type Journal, type SessionHeader, sessionIdAfter } from '@tickhouse/journal'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { FeedLog } from '../../src/journal/feed-log.ts'
import { log } from '../feed-fixture.ts'
import { tradeFrame } from '../scripted-venue.ts'

/** Sessions are kept in order however the clock was adjusted, as long as it is less than a second behind the latest of their times. */
const maxBehindUs = 990_000
/** The clock is adjusted, or jumps ahead. */
const stepMs = fc.oneof(fc.constant(0), fc.integer({ min: -500, max: 500 }), fc.integer({ min: 0, max: 86_400_000 }))
/** One session: how the wall clock steps before it and in the middle of it, and how much time passes before each frame. */
const plan = fc.record({ before: stepMs, within: stepMs, pausesUs: fc.array(fc.integer({ min: 0, max: 5_000_000 }), { maxLength: 8 }) })

test('records and sessions come in the order of time while the wall clock is adjusted by less than a second or jumps ahead', () => {
  fc.assert(
    fc.property(fc.array(plan, { minLength: 2, maxLength: 6 }), plans => {
      const timestamps: number[] = []
      const headers: SessionHeader[] = []
      let normalizer: SessionNormalizer
      const journal = {
        beginSession: (header: SessionHeader) => {
          headers.push(header)
          normalizer = new SessionNormalizer(header)
        },
        relabelSession: () => {},
        append: (kind: 'frame' | 'gap' | 'close', timeUs: number, bytes: Buffer) =>
          timestamps.push(...normalizer.entry({ kind, timeUs, text: bytes.toString() }).map(({ timestamp }) => timestamp)),
      }
      const time = { wallUs: Date.UTC(2026, 10, 22) * 1000, monotonicUs: 0 }
      let latestUs = time.wallUs
      const step = (ms: number) => {
        time.wallUs = Math.max(time.wallUs + ms * 1000, latestUs - maxBehindUs)
        latestUs = Math.max(latestUs, time.wallUs)
      }
      const pass = (us: number) => {
        time.monotonicUs += us
        time.wallUs += us
        latestUs += us
      }
      const clock = { nowMs: () => Math.floor(time.wallUs / 1000), monotonicUs: () => time.monotonicUs }
      const identity = { environment: 'simulator', collector: 'test' }
      const feedLog = new FeedLog({ journal: journal as unknown as Journal, identity, clock, log, onGap: () => {} })
      for (const { before, within, pausesUs } of plans) {
        step(before)
        const captured = feedLog.startClock()
        feedLog.begin()
        step(within)
        for (const pauseUs of pausesUs) {
          pass(pauseUs)
          journal.append('frame', captured.stamp(), Buffer.from(tradeFrame(1)))
        }
        feedLog.settle()
        feedLog.close({ fromUs: feedLog.now(), reason: 'disconnected', evidence: 'test' })
      }
      expect(timestamps.length).toBeGreaterThan(2 * plans.length)
      for (const [index, timestamp] of timestamps.slice(1).entries()) expect(timestamp).toBeGreaterThan(timestamps[index]!)
      const ids = headers.map(({ session }) => session)
      expect(ids).toEqual([...new Set(ids)].sort())
    }),
    { examples: [[[-109, -470, -421].map(within => ({ before: 0, within, pausesUs: [] }))]] },
  )
})

test.each([1_100, 3_000, 5 * 3_600_000])('a session that opens after the wall clock was set back by %d ms has the new time', stepMs => {
  const time = { wallMs: Date.UTC(2026, 10, 22, 9), monotonicUs: 0 }
  const clock = { nowMs: () => time.wallMs, monotonicUs: () => time.monotonicUs }
  const journal = { beginSession: () => {}, relabelSession: () => {}, append: () => {} } as unknown as Journal
  const feedLog = new FeedLog({ journal, identity: { environment: 'simulator', collector: 'test' }, clock, log, onGap: () => {} })
  feedLog.startClock()
  const before = feedLog.begin()
  time.wallMs -= stepMs
  expect(feedLog.startClock().stamp()).toBe(time.wallMs * 1000)
  expect(feedLog.begin().session > before.session).toBe(true)
})

test('a session id sorts after the one before, whatever the clock says', () => {
  const latestMs = 2 ** 45 - 1_000
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: latestMs }), { minLength: 2, maxLength: 50 }), times => {
      let previous: string | undefined
      for (const ms of times) {
        const id = sessionIdAfter(previous, ms)
        expect(id).toHaveLength(12)
        if (previous !== undefined) expect(id > previous).toBe(true)
        previous = id
      }
    }),
  )
})
