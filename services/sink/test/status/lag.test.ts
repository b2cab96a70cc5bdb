import type { Standstill } from '@tickhouse/bus'
import { entityOf } from '@tickhouse/catalogue'
import { expect, test } from 'vitest'
import type { OldestRecord } from '../../src/order/chunk.ts'
import { Commits } from '../../src/read/commits.ts'
import { lagByDataset } from '../../src/status/lag.ts'

const nowMs = 1_700_000_100_000
const monotonicMs = 5_000
const topic = entityOf('trade').topic.name

/** What a sink knows that has stored the trades before offset 10 and of whose partition 0 Kafka is known to hold those before `highWatermark`. */
function sink(highWatermark: number, lastRowMs?: number) {
  const commits = new Commits()
  commits.begin({ topic, partition: 0, offset: 10 }, lastRowMs === undefined ? undefined : { offset: 9, timestamp: lastRowMs * 1_000 })
  const waiting: OldestRecord[] = []
  const lanes = { oldest: () => waiting[0] }
  const progress = [{ topic, partition: 0, offset: highWatermark, highWatermark, topicId: null }]
  const lag = (laterMs = 0, standstill: Standstill | null = null) => {
    const moment = { wallMs: nowMs + laterMs, monotonicMs: monotonicMs + laterMs }
    return lagByDataset({ reader: { progress: standstill === null ? progress : [], standstill }, commits, lanes }, moment).get('trade')
  }
  const read = (capturedMs: number) => void waiting.push({ capturedMs, readAtMs: monotonicMs })
  const stored = () => void waiting.shift()
  return { stored, lag, read }
}

test('nothing is behind when all that Kafka has is stored, however old that is', () => {
  expect(sink(10, nowMs - 3_600_000).lag()).toEqual({ records: 0, ageMs: 0 })
})

test('the lag is as old as the oldest record that is read and not stored, not as the quiet time before it', () => {
  const { lag, read, stored } = sink(13, nowMs - 3_600_000)
  read(nowMs - 700)
  read(nowMs - 300)
  expect(lag()).toEqual({ records: 3, ageMs: 700 })
  stored()
  expect(lag()).toEqual({ records: 3, ageMs: 300 })
})

test('between two polls of a backlog the last row tells how old what follows is', () => {
  expect(sink(50, nowMs - 9_000).lag()).toEqual({ records: 40, ageMs: 9_000 })
})

test('a record from a clock that is ahead is not negatively old', () => {
  const { lag, read } = sink(11)
  read(nowMs + 40)
  expect(lag()).toEqual({ records: 1, ageMs: 0 })
})

test('the lag rises while a record waits, whatever its own time says', () => {
  const hourMs = 3_600_000
  for (const capturedMs of [nowMs + 2 * hourMs, 0]) {
    const { lag, read } = sink(11)
    read(capturedMs)
    expect([lag()!.ageMs, lag(90_000)!.ageMs]).toEqual([0, 90_000])
  }
})

test('while nothing is read nobody knows how much waits, and the lag is at least as old as that', () => {
  const { lag } = sink(10)
  const standstill: Standstill = { waitsFor: 'group', forMs: 42_000, reason: null }
  expect(lag(0, standstill)).toEqual({ records: null, ageMs: 42_000 })
})

test('of a dataset that this sink does not read it knows nothing', () => {
  const parts = { reader: { progress: [], standstill: null }, commits: new Commits(), lanes: { oldest: () => undefined } }
  expect(lagByDataset(parts).get('feed_heartbeat')).toEqual({ records: null, ageMs: null })
})
