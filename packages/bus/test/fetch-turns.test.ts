import { expect, test } from 'vitest'
import { FetchTurns } from '../src/read/fetch-turns.ts'

const places = ['trade', 'nav', 'gap'].flatMap(topic => [0, 1].map(partition => ({ topic, partition, offset: 0 })))
const all = () => true
const topicsIn = (chosen: readonly { topic: string }[]) => [...new Set(chosen.map(({ topic }) => topic))].sort()

test('when all topics rest one fetch waits for all of them', () => {
  const turns = new FetchTurns()
  for (const nowMs of [0, 1, 2]) expect(turns.choose(places, all, nowMs)).toHaveLength(places.length)
})

test('while one topic flows the others are asked ten times a second', () => {
  const turns = new FetchTurns()
  const asked = { trade: 0, nav: 0, gap: 0 }
  for (let nowMs = 0; nowMs < 1_000; nowMs += 10) {
    for (const topic of topicsIn(turns.choose(places, all, nowMs))) asked[topic as 'trade']++
    turns.came([{ topic: 'trade', bytes: 100 }], nowMs)
  }
  expect(asked).toEqual({ trade: 100, nav: 10, gap: 10 })
})

test('a topic that flows again is asked in every fetch, until it has rested for a while', () => {
  const turns = new FetchTurns()
  const isAsked = (nowMs: number) => topicsIn(turns.choose(places, all, nowMs)).includes('nav')
  turns.came([{ topic: 'nav', bytes: 1 }], 0)
  const seen = [10, 20, 30, 299].map(nowMs => {
    turns.came([{ topic: 'trade', bytes: 1 }], nowMs)
    return isAsked(nowMs)
  })
  expect(seen).toEqual([true, true, true, true])
  expect([350, 398, 399, 401].map(isAsked)).toEqual([false, false, true, false])
})

test('a partition that is not wanted is left out, and a topic that waits longest for records stands first', () => {
  const turns = new FetchTurns()
  turns.came([{ topic: 'gap', bytes: 1 }], 2)
  turns.came([{ topic: 'trade', bytes: 1 }], 1)
  const chosen = turns.choose(places, ({ topic, partition }) => topic !== 'trade' || partition === 1, 3)
  expect(chosen.map(({ topic, partition }) => `${topic}/${partition}`)).toEqual(['nav/0', 'nav/1', 'trade/1', 'gap/0', 'gap/1'])
})
