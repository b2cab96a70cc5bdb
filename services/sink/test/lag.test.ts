import { entityOf } from '@tickhouse/catalogue'
import { expect, test } from 'vitest'
import { Commits } from '../src/commits.ts'
import { InFlight } from '../src/in-flight.ts'
import { lagByDataset } from '../src/lag.ts'
import { inKafka, partitionOf, trade } from './records.ts'

const nowMs = 1_700_000_100_000
const topic = entityOf('trade').topic.name

/** What a sink knows that has stored the trades before offset 10 and of whose partition 0 Kafka is known to hold those before `highWatermark`. */
function sink(highWatermark: number, lastRowMs?: number) {
  const commits = new Commits()
  commits.begin({ topic, partition: 0, offset: 10 }, lastRowMs === undefined ? undefined : { offset: 9, timestamp: lastRowMs * 1_000 })
  const inFlight = new InFlight()
  const reader = { progress: [{ topic, partition: 0, offset: highWatermark, highWatermark }] }
  const lag = () => lagByDataset({ reader, commits, inFlight }, nowMs).get('trade')
  const read = (...captured: number[]) =>
    inFlight.read({
      partitions: [
        partitionOf(
          'trade',
          0,
          captured.map(ms => inKafka(10, trade(1, ms * 1_000), ms)),
        ),
      ],
    })
  return { inFlight, lag, read }
}

test('nothing is behind when all that Kafka has is stored, however old that is', () => {
  expect(sink(10, nowMs - 3_600_000).lag()).toEqual({ records: 0, ageMs: 0 })
})

test('the lag is as old as the oldest record that is read and not stored, not as the quiet time before it', () => {
  const { lag, read, inFlight } = sink(13, nowMs - 3_600_000)
  read(nowMs - 700, nowMs - 650)
  read(nowMs - 300)
  expect(lag()).toEqual({ records: 3, ageMs: 700 })
  inFlight.stored()
  expect(lag()).toEqual({ records: 3, ageMs: 300 })
})

test('between two rounds of a backlog the last row tells how old what follows is', () => {
  expect(sink(50, nowMs - 9_000).lag()).toEqual({ records: 40, ageMs: 9_000 })
})

test('a record from a clock that is ahead is not negatively old', () => {
  const { lag, read } = sink(11)
  read(nowMs + 40)
  expect(lag()).toEqual({ records: 1, ageMs: 0 })
})

test('every dataset has a lag, also those of which nothing was read', () => {
  const { commits, inFlight } = { commits: new Commits(), inFlight: new InFlight() }
  expect(lagByDataset({ reader: { progress: [] }, commits, inFlight }).get('feed_heartbeat')).toEqual({ records: 0, ageMs: 0 })
})
