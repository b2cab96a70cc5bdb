import { eventually } from '@tickhouse/testkit'
import { expect } from 'vitest'
import { metricOf, type Pipeline, problemsOf, statusOf } from '../pipeline.ts'
import { conserved, describeFaults, type FaultCase, fault, flow, gentle } from './faults.ts'
import { shiftedClock } from './shifted-clock.ts'

const patient = { timeoutMs: 90_000 }
const minute = 60_000
const hour = 60 * minute
const at1970 = 3 * hour - Date.now()
const at2099 = Date.UTC(2099, 0, 1) - Date.now()

describeFaults('the clock of the collector', () => {
  fault('is 2 h ahead at login and set right 2 s later', given => wrongAtStart(given, 2 * hour, 'the venue says'))
  fault('is 30 min behind at login, then right', given => wrongAtStart(given, -30 * minute, 'the venue says'))
  fault('is in 1970 when a session shall begin', given => wrongAtStart(given, at1970, 'before this release was made'))
  fault('is in 2099 when a session shall begin', given => wrongAtStart(given, at2099, 'the venue says'))

  fault('steps by 2 h and back, ahead and behind, and by 3 s, in a running session', async ({ pipeline, random }) => {
    const clock = shiftedClock(pipeline)
    await pipeline.run({ rate: gentle, seed: random.seed, collector: clock.env })
    await flow(pipeline, 100)
    const session = await sessionOf(pipeline)
    for (const stepMs of [2 * hour, -2 * hour, -3_000]) {
      clock.set(stepMs)
      await eventually(async () => expect(await told(pipeline)).toContain('it is the clock that is wrong'), patient)
      expect(Math.round(await metricOf(pipeline.running.collector!, 'tickhouse_collector_clock_difference_seconds'))).toBe(stepMs / 1000)
      await flow(pipeline, 100)
      clock.set(0)
      await eventually(async () => expect(await told(pipeline)).toBe(''), patient)
    }
    expect(await sessionOf(pipeline)).toBe(session)
    expect(await metricOf(pipeline.running.collector!, 'tickhouse_collector_clock_steps_total', { wrong: 'wall' })).toBe(3)
    const { sessions } = await conserved(pipeline)
    expect(await wrongTimes(pipeline, sessions)).toEqual([])
  })

  fault('is taken although it is wrong, and set right in the running session', async ({ pipeline, random }) => {
    const clock = shiftedClock(pipeline)
    // Kafka takes records of up to an hour ahead.
    const aheadMs = random.of([-30 * minute, 50 * minute, -30_000, 30_000])
    clock.set(aheadMs)
    await pipeline.run({ rate: gentle, seed: random.seed, collector: { ...clock.env, CLOCK_MAX_DIFFERENCE: '3h' } })
    await flow(pipeline, 100)
    const session = await sessionOf(pipeline)
    clock.set(0)
    await eventually(async () => expect(await sessionOf(pipeline)).not.toBe(session), patient)
    await flow(pipeline, 200)
    await eventually(async () => expect(await told(pipeline)).toBe(''), patient)
    const { sessions } = await conserved(pipeline, { gap: 'clock_wrong' })
    expect(sessions).toHaveLength(2)
    expect([...sessions].sort()).toEqual(sessions)
    expect(await wrongTimes(pipeline, sessions)).toEqual([])
  })

  fault('is set wrong, and then the connection is cut: the next session waits until it is right', async ({ pipeline, random }) => {
    const clock = shiftedClock(pipeline)
    await pipeline.run({ rate: gentle, seed: random.seed, collector: clock.env })
    await flow(pipeline, 100)
    const session = await sessionOf(pipeline)
    clock.set(random.of([1, -1]) * random.between(2 * minute, 5 * hour))
    await flow(pipeline, 200)
    expect(await sessionOf(pipeline)).toBe(session)
    await pipeline.inject({ fault: 'cut' })
    await eventually(async () => expect(await told(pipeline)).toContain('the venue says'), patient)
    expect(await sessionOf(pipeline)).toBeNull()
    clock.set(0)
    await flow(pipeline, 200)
    const { sessions } = await conserved(pipeline, { gap: 'clock_wrong', gaps: ['disconnected'] })
    expect(sessions).toHaveLength(2)
    expect(await wrongTimes(pipeline, sessions)).toEqual([])
  })
})

/** A collector whose clock is wrong when it starts: it says so, captures nothing, and begins by itself two seconds later, when the clock is right. */
async function wrongAtStart({ pipeline, random }: FaultCase, aheadMs: number, words: string): Promise<void> {
  const clock = shiftedClock(pipeline)
  clock.set(aheadMs)
  await pipeline.run({ rate: gentle, seed: random.seed, collector: clock.env })
  await eventually(async () => expect(await told(pipeline)).toContain(words), patient)
  const seconds = await metricOf(pipeline.running.collector!, 'tickhouse_collector_venue_clock_difference_seconds')
  expect(Math.abs(seconds - aheadMs / 1000)).toBeLessThan(10)
  await new Promise(resolve => setTimeout(resolve, 2_000))
  expect(await sessionOf(pipeline)).toBeNull()
  clock.set(0)
  await flow(pipeline, 100)
  await eventually(async () => expect(await told(pipeline)).toBe(''), patient)
  const { sessions } = await conserved(pipeline, { gap: 'clock_wrong' })
  expect(sessions).toHaveLength(1)
  expect(await wrongTimes(pipeline, sessions)).toEqual([])
}

async function sessionOf({ running }: Pipeline): Promise<string | null> {
  return (await statusOf<{ session: string | null }>(running.collector!)).session
}

/** What /ready says. */
async function told({ running }: Pipeline): Promise<string> {
  return (await problemsOf(running.collector!)).join('\n')
}

/** Rows that stand neither where the case ran nor in a gap that a wrong clock made. */
async function wrongTimes({ store }: Pipeline, sessions: readonly string[]): Promise<object[]> {
  const gaps = await store.query<{ from_time: number; to_time: number }>(
    "SELECT from_time, to_time FROM feed_gap WHERE reason = 'clock_wrong'",
  )
  const rows = await store.query<{ session: string; timestamp: number }>(
    `SELECT session, timestamp FROM trade WHERE session IN (${sessions.map(session => `'${session}'`).join()})`,
  )
  const startedUs = (Date.now() - 10 * minute) * 1000
  const isRight = (us: number) => us > startedUs && us < (Date.now() + 2_000) * 1000
  const isTold = (us: number) => gaps.some(({ from_time, to_time }) => us >= from_time && us <= to_time)
  return rows.filter(({ timestamp }) => !isRight(timestamp) && !isTold(timestamp))
}
