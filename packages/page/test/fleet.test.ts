import type { ServerResponse } from 'node:http'
import { type CollectorStatus, createLogger, openHttp } from '@tickhouse/runtime'
import { temporaryFolder } from '@tickhouse/testkit'
import { expect, test } from 'vitest'
import { CollectorWatch, totalsOf } from '../src/observe/collectors.ts'
import { collectorStates, venueState } from '../src/observe/health.ts'
import { rateOf } from '../src/observe/rates.ts'
import { knownServices } from '../src/observe/services.ts'
import { collector, seen } from './statuses.ts'

const trades = (received: number, lastTimestamp: number) => ({ trade: { received, published: received - 1, lastTimestamp } })
const one: CollectorStatus = { ...collector, collector: 'one', datasets: trades(100, 7), gaps: 1, deadLetters: 0 }
const two: CollectorStatus = { ...collector, collector: 'two', datasets: trades(30, 9), gaps: 2, deadLetters: 5 }

test('what collectors have together is the sum of those that answer', () => {
  expect(totalsOf(seen(one, undefined, two))).toMatchObject({
    datasets: { trade: { received: 130, published: 128, lastTimestamp: 9 } },
    journal: { lagRecords: 2 * collector.journal.lagRecords },
    gaps: 3,
    deadLetters: 5,
  })
  expect(totalsOf(seen(undefined, undefined))).toBeUndefined()
})

test('what the venue says to every connection is one notice', () => {
  const notice = (at: string, times: number) => ({ at, kind: 'system', code: '0', text: '점검', times }) as const
  const [first, second] = [
    { ...one, notices: [notice('2026-11-29T00:00:01Z', 2)] },
    { ...two, notices: [notice('2026-11-29T00:00:02Z', 1)] },
  ]
  expect(totalsOf(seen(first, second))?.notices).toEqual([notice('2026-11-29T00:00:02Z', 3)])
})

test('a rate is that of each collector compared with itself, so that one that leaves takes nothing back', () => {
  const at = (atMs: number, ...statuses: CollectorStatus[]) => ({ atMs, statuses })
  const received = ({ datasets }: CollectorStatus) => datasets['trade']!.received
  const [a, b] = [
    { ...one, pid: 1 },
    { ...two, pid: 2 },
  ]
  const later = { ...a, datasets: trades(160, 8) }
  const nowMs = Date.now() + 60_000
  expect(rateOf(at(nowMs, a, b), at(nowMs + 2000, later), received)).toBe(30)
  expect(rateOf(at(nowMs, a), at(nowMs + 2000, later, b), received)).toBe(30)
  expect(rateOf(at(nowMs, a), at(nowMs + 2000), received)).toBeNull()
  expect(rateOf(undefined, at(nowMs, a), received)).toBeNull()
})

test('a collector that stops answering keeps its name; one that never answered has its address', async () => {
  const answer = async (_: unknown, response: ServerResponse) => void response.end(JSON.stringify(one))
  const service = await openHttp({ port: 0, log: createLogger({ name: 'test', level: 'silent' }), answer })
  const nowhere = 'http://127.0.0.1:1'
  const watch = new CollectorWatch()
  const names = async () => (await watch.look([service.url, nowhere])).map(({ name, title, status }) => [name, title, status !== undefined])
  expect(await names()).toEqual([
    ['one', 'collector one', true],
    ['127.0.0.1:1', 'collector 127.0.0.1:1', false],
  ])
  await service.close()
  expect((await names())[0]).toEqual(['one', 'collector one', false])
})

test('services are those that the environment names, one or several, else those of a running start', async () => {
  const data = temporaryFolder()
  expect(await knownServices({}, data)).toBeUndefined()
  const named = await knownServices({ COLLECTOR_URL: 'http://one:9300/, http://two:9300,http://one:9300', SINK_URL: '' }, data)
  expect(named).toEqual({ addresses: { collectors: ['http://one:9300', 'http://two:9300'], sinks: [] }, run: undefined })
})

test('an address without its protocol is refused by name', async () => {
  await expect(knownServices({ COLLECTOR_URL: 'http://one:9300,two:9300' }, temporaryFolder())).rejects.toThrow(
    /COLLECTOR_URL: expected addresses such as http:\/\/collector:9300, with commas between them, was "http:\/\/one:9300,two:9300"/,
  )
})

test('status shows each collector, and what all of them do not get', () => {
  const refused = { types: ['0B'], items: ['999999'], reason: 'registration_refused', evidence: '' }
  const said = { collectors: seen({ ...one, pairs: { ...one.pairs, refused: [refused] } }, undefined), sink: undefined }
  expect(collectorStates(said)).toMatchObject([
    { collector: 'one', state: 'live', received: 100, published: 99, waiting: 1234, gaps: 1, dead_letters: 0 },
    { collector: 'collector-2:9300', state: null, received: null, waiting: null },
  ])
  expect(venueState(said).refused).toEqual([refused])
})
