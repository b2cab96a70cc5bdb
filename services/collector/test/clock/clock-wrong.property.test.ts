import type { Gap } from '@tickhouse/catalogue'
import type { Journal, SessionHeader } from '@tickhouse/journal'
import type { VenueTime } from '@tickhouse/kiwoom'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ClockGuard } from '../../src/clock/clock-guard.ts'
import type { WrongTimes } from '../../src/clock/clock-rules.ts'
import { FeedLog } from '../../src/journal/feed-log.ts'
import { log } from '../feed-fixture.ts'

const limits = { maxDifferenceMs: 2_000, maxStepMs: 1_000 }
/** A Date is cut to the second. */
const toleratedMs = limits.maxDifferenceMs + 1_100
const startMs = Date.UTC(2026, 10, 25)
const hours = 3 * 3_600_000

/** What happens in one second: the clock is set, right or wrong, the machine sleeps while a session is open, the connection ends, or nothing of that. */
const second = fc.record({
  aheadMs: fc.option(fc.oneof(fc.constant(0), fc.integer({ min: -50_000, max: 50_000 }), fc.integer({ min: -hours, max: hours }))),
  sleptMs: fc.oneof({ weight: 9, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.integer({ min: 2_000, max: hours }) }),
  isCut: fc.boolean(),
})

/** A machine whose clock is set as the test says, and a venue whose Date is right, but for the part of a second that is cut off. */
function machine(aheadMs: number) {
  const time = { rightMs: startMs, monotonicUs: 0, aheadMs }
  const clock = { nowMs: () => time.rightMs + time.aheadMs, monotonicUs: () => time.monotonicUs }
  const venueTime = {
    problem: undefined,
    refresh: async () => true,
    compare: (atMs: number) => {
      const dateMs = Math.floor(time.rightMs / 1000) * 1000
      return { minMs: atMs - dateMs - 1000, maxMs: atMs - dateMs }
    },
  } as unknown as VenueTime
  return { time, clock, guard: new ClockGuard({ clock, venueTime, limits, log, everyMs: 2 ** 30 }) }
}

/** Sessions of that machine, one record a second: what was captured when, and the gaps that were written. */
function capturing({ time, clock, guard }: ReturnType<typeof machine>) {
  const records: { readonly us: number; readonly rightMs: number }[] = []
  const gaps: Gap[] = []
  const headers: SessionHeader[] = []
  const journal = { beginSession: (header: SessionHeader) => headers.push(header), relabelSession: () => {}, append: () => {} }
  const identity = { environment: 'simulator', collector: 'test' }
  const feedLog = new FeedLog({ journal: journal as unknown as Journal, identity, clock, log, onGap: gap => gaps.push(gap) })
  const begin = (waitedUs = 0) => {
    const wrong = guard.wrongAfterwards()
    if (wrong !== undefined) feedLog.correct(wrong)
    const capture = feedLog.startClock()
    if (waitedUs > 0) feedLog.wait(waitedUs, 'the clock was wrong')
    const { openedAtUs } = feedLog.begin()
    const state: { wrong?: WrongTimes } = {}
    const watched = guard.watch(capture, openedAtUs, wrong => {
      state.wrong = wrong
    })
    feedLog.settle()
    return { watched, state, record: () => records.push({ us: feedLog.now(), rightMs: time.rightMs }) }
  }
  return { records, gaps, headers, feedLog, begin }
}

test('whatever happens to the clock, a record has the right time or lies in a gap, and so does all time in which nothing was captured', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: -1_000, max: 1_000 }),
      fc.array(second, { minLength: 1, maxLength: 25 }),
      async (aheadMs, seconds) => {
        const given = machine(aheadMs)
        const { time } = given
        const { records, gaps, headers, feedLog, begin } = capturing(given)
        let session = begin()
        await session.watched.look()
        const idle: number[] = []
        const close = async () => {
          const wrong = await session.watched.end()
          if (wrong === undefined) feedLog.close({ fromUs: feedLog.now(), reason: 'disconnected', evidence: 'test' })
          else feedLog.closeWrong(wrong)
        }
        const isPlausible = () => Math.abs(time.aheadMs) <= limits.maxDifferenceMs - 1_000
        let waitedSinceUs: number | undefined
        for (const { aheadMs, sleptMs, isCut } of [...seconds, { aheadMs: 0, sleptMs: 0, isCut: true }]) {
          time.aheadMs = aheadMs ?? time.aheadMs
          time.rightMs += (waitedSinceUs === undefined ? sleptMs : 0) + 1_000
          time.monotonicUs += 1_000_000
          if (waitedSinceUs === undefined) {
            await session.watched.look()
            if (session.state.wrong === undefined && !isCut) session.record()
            else {
              await close()
              waitedSinceUs = time.monotonicUs
            }
          }
          if (waitedSinceUs === undefined) continue
          if (!isPlausible()) {
            idle.push(time.rightMs)
            continue
          }
          session = begin(time.monotonicUs - waitedSinceUs)
          await session.watched.look()
          waitedSinceUs = undefined
        }
        await close()
        begin()
        const isTold = (us: number) => gaps.some(({ from, to }) => us >= from - 1 && us <= to + 1)
        for (const { us, rightMs } of records) if (Math.abs(us / 1000 - rightMs) > toleratedMs) expect(isTold(us)).toBe(true)
        for (const rightMs of idle)
          expect(gaps.some(({ from, to }) => rightMs * 1000 >= from - 2e6 && rightMs * 1000 <= to + 2e6)).toBe(true)
        const ids = headers.map(({ session }) => session)
        expect(ids).toEqual([...new Set(ids)].sort())
      },
    ),
    { numRuns: 300 },
  )
})
