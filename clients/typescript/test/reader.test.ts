import { describe, expect, it } from 'vitest'
import { openReader } from '../src/index.ts'
import { Handoff } from '../src/reader/handoff.ts'
import { beginsOf, checkedPosition } from '../src/reader/position.ts'
import { Settling } from '../src/reader/settling.ts'

describe('marks', () => {
  /** A topic of one partition: what it has, what was read of it, and whether Kafka says so. */
  function settlingOver(topic: { end: number; read: number; isAway?: boolean }) {
    return new Settling({
      marks: () => topic.read,
      ends: async () => {
        if (topic.isAway) throw new Error('away')
        return new Map([['topic', [{ partition: 0, low: 0, high: topic.end }]]])
      },
      isReadTo: (_, __, offset) => topic.read >= offset,
    })
  }

  it('are due once, when everything is read that was there a settling time after them', async () => {
    const topic = { end: 7, read: 5 }
    const settling = settlingOver(topic)
    await settling.ask()
    expect(settling.due()).toBeUndefined()
    topic.end = 9
    await settling.ask()
    expect(settling.due()).toBeUndefined()
    topic.read = 8
    expect(settling.due()).toBeUndefined()
    topic.read = 9
    expect([settling.due(), settling.due()]).toEqual([5, undefined])
  })

  it('are made anew after a Kafka that did not answer', async () => {
    const topic = { end: 5, read: 5, isAway: false }
    const settling = settlingOver(topic)
    await settling.ask()
    topic.isAway = true
    await expect(settling.ask()).rejects.toThrow('away')
    topic.isAway = false
    await settling.ask()
    expect(settling.due()).toBeUndefined()
    topic.end = topic.read = 6
    await settling.ask()
    expect(settling.due()).toBe(5)
  })
})

describe('a handoff', () => {
  it('lets the giver wait until the loop is done, and ends with what it has', async () => {
    const [handoff, log] = [new Handoff<number>(), [] as string[]]
    const giving = [1, 2].map(value => handoff.give(value).then(() => log.push(`done ${value}`)))
    const taking = (async () => {
      for await (const value of handoff.values()) log.push(`took ${value}`)
    })()
    await Promise.all(giving)
    handoff.end()
    await taking
    await handoff.give(3)
    expect(log).toEqual(['took 1', 'done 1', 'took 2', 'done 2'])
  })

  it('ends the loop with the error that it is given', async () => {
    const handoff = new Handoff<number>()
    const next = handoff.values().next()
    handoff.end(new Error('no right'))
    await expect(next).rejects.toThrow('no right')
  })
})

describe('where reading begins', () => {
  const ends = [{ partition: 0, low: 10, high: 1_000 }]
  const begin = (from: Parameters<typeof beginsOf>[2], atTime?: number) =>
    beginsOf('topic', ends, from, new Map(atTime === undefined ? [] : [[0, atTime]]), 100)[0]

  it.each([
    ['latest', begin('latest'), { tellAt: 1_000, readAt: 900 }],
    ['earliest', begin('earliest'), { tellAt: 10, readAt: 10 }],
    ['a time', begin(new Date(), 50), { tellAt: 50, readAt: 10 }],
    ['a time to come', begin(new Date()), { tellAt: 1_000, readAt: 900 }],
    ['a position', begin({ topic: { 0: 500 } }), { tellAt: 500, readAt: 400 }],
    ['a position that has expired', begin({ topic: { 0: 5 } }), { tellAt: 5, readAt: 5 }],
    ['a position of before the topic was made', begin({}), { tellAt: 10, readAt: 10 }],
  ])('%s', (_, found, expected) => {
    expect(found).toMatchObject(expected)
  })

  it.each([[null], ['00'], [{ topic: 1 }], [{ topic: { a: 1 } }], [{ topic: { 0: -1 } }], [{ topic: { 0: 1.5 } }]])(
    '%j is no position',
    value => {
      expect(() => checkedPosition(value)).toThrow('Expected a position such as {"kiwoom.market.trade.v1":{"0":42}}')
    },
  )
})

it('a dataset that does not exist is refused with those that do', async () => {
  const kafka = { brokers: ['127.0.0.1:1'] }
  await expect(openReader({ kafka, datasets: ['trades' as 'trade'] })).rejects.toThrow(
    'Expected a dataset, was "trades"; known are order_execution, balance, indicative_price, trade,',
  )
})
