import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { VenueTime } from '../src/index.ts'
import { type Reply, venueRest } from './venue-rest.ts'

const start = Date.UTC(2026, 10, 25, 9, 0, 0)

/** The venue's time as a machine learns it whose monotonic clock the test moves. */
async function asked(reply: (number: number) => Reply) {
  const venue = await venueRest((_, number) => reply(number))
  const time = { monotonicUs: 5_000_000_000 }
  const clock = { nowMs: () => 0, monotonicUs: () => time.monotonicUs }
  const venueTime = new VenueTime({ restUrl: venue.url, clock, timeoutMs: 300, pauseMs: 0 })
  return { venue, venueTime, time, [Symbol.asyncDispose]: () => venue[Symbol.asyncDispose]() }
}

test('compares a clock with the Date of an answer, as far as a second tells, and goes on by the monotonic clock', async () => {
  await using given = await asked(() => ({ status: 404, text: '', dateMs: start }))
  const { venueTime, time } = given
  expect(venueTime.compare(start, true)).toBeUndefined()
  expect(await venueTime.refresh(0)).toBe(true)
  expect(venueTime.compare(start + 500, true)).toEqual({ minMs: -500, maxMs: 500 })
  time.monotonicUs += 60_000_000
  expect(venueTime.compare(start + 67_500, true)).toEqual({ minMs: 6_500, maxMs: 7_500 })
})

test('an old reading proves only that a clock is behind: the machine may have slept since', async () => {
  await using given = await asked(() => ({ text: '', dateMs: start }))
  const { venueTime } = given
  await venueTime.refresh(0)
  expect(venueTime.compare(start + 3_600_000, false)).toEqual({ minMs: Number.NEGATIVE_INFINITY, maxMs: 3_600_000 })
  expect(venueTime.compare(start - 3_600_000, false)?.maxMs).toBe(-3_600_000)
})

test('asks only for a reading that is younger than the one it has, and once for all who ask', async () => {
  await using given = await asked(number => ({ text: '', dateMs: start + number * 1_000 }))
  const { venue, venueTime, time } = given
  expect(await Promise.all([venueTime.refresh(10_000), venueTime.refresh(10_000)])).toEqual([true, true])
  time.monotonicUs += 9_000_000
  expect(await venueTime.refresh(10_000)).toBe(true)
  expect(venue.received).toHaveLength(1)
  time.monotonicUs += 2_000_000
  expect(await venueTime.refresh(10_000)).toBe(true)
  expect(venue.received).toHaveLength(2)
})

test('asks in another way where the first one is not answered', async () => {
  const methods: string[] = []
  const server = createServer(({ method = '' }, response) => {
    methods.push(method)
    if (method === 'GET') response.end('hello')
  }).listen(0, '127.0.0.1')
  onTestFinished(() => server.closeAllConnections())
  onTestFinished(() => void server.close())
  await once(server, 'listening')
  const venueTime = new VenueTime({ restUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, timeoutMs: 300, pauseMs: 0 })
  expect([await venueTime.refresh(0), await venueTime.refresh(0), methods]).toEqual([false, true, ['HEAD', 'GET']])
})

test.each([
  ['has no date', { text: '' } as Reply, 'its answer has no date'],
  ['is one that a cache has kept', { text: '', dateMs: start, headers: { age: '600' } } as Reply, 'its answer has no date'],
  ['never comes', 'hang' as Reply, 'timeout'],
])('an answer that %s tells no time, and is not asked for again at once', async (_, reply, problem) => {
  await using given = await asked(() => reply)
  const { venue, venueTime, time } = given
  expect(await venueTime.refresh(10_000)).toBe(false)
  expect(await venueTime.refresh(10_000)).toBe(false)
  expect(venueTime.problem).toContain(problem)
  expect(venue.received).toHaveLength(1)
  time.monotonicUs += 11_000_000
  await venueTime.refresh(10_000)
  expect(venue.received).toHaveLength(2)
})
