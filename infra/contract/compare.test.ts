import { describe, expect, it } from 'vitest'
import { breachesOf } from './compare.ts'
import type { Contract, TopicContract } from './contract.ts'

const topic = 'kiwoom.market.trade.v1'
const day = 86_400_000
const price = { type: 'number', description: 'Last traded price (KRW)', 'x-unit': 'KRW' }
const members = {
  timestamp: { type: 'integer', 'x-unit': 'epoch_us' },
  symbol: { type: 'string' },
  price,
  side: { type: 'string', enum: ['buy', 'sell'] },
  phase: { type: 'string', anyOf: [{ enum: ['1', '2'] }, { type: 'string' }] },
  sizes: { type: 'array', items: { type: ['number', 'null'] }, minItems: 10, maxItems: 10 },
  unreadable: { type: 'object', additionalProperties: { type: 'string' } },
}

/** A topic with some of its members, or some of what else it promises, otherwise. */
function topicWith(
  changed: Readonly<Record<string, unknown>>,
  more: Partial<TopicContract> = {},
  required = ['timestamp', 'symbol'],
): TopicContract {
  const properties = Object.fromEntries(Object.entries({ ...members, ...changed }).filter(([, member]) => member !== undefined))
  return {
    name: topic,
    key: { type: 'string', description: 'The bare symbol' },
    partitions: 6,
    cleanupPolicy: ['delete'],
    retentionMs: 7 * day,
    schema: { type: 'object', required, properties, additionalProperties: true },
    ...more,
  }
}

function contract(version: string, ...topics: TopicContract[]): Contract {
  return { version, topics }
}

const released = contract('0.1.0', topicWith({}))

/** What the check says when this becomes of the topic. */
function said(...topics: TopicContract[]): string[] {
  return breachesOf(contract('now', ...topics), [released]).map(({ sentence }) => sentence)
}

function rulesBroken(...topics: TopicContract[]): string[] {
  return breachesOf(contract('now', ...topics), [released]).map(({ member, rule }) => `${member} ${rule}`)
}

describe('what may change within a version of a topic', () => {
  it('nothing at all, of course', () => expect(said(topicWith({}))).toEqual([]))
  it('an optional member may be added', () => expect(said(topicWith({ vwap: price }))).toEqual([]))
  it('words may be changed', () => expect(said(topicWith({ symbol: { type: 'string', title: 'a', description: 'b' } }))).toEqual([]))
  it('a code may be added to a list that is open', () =>
    expect(said(topicWith({ phase: { type: 'string', anyOf: [{ enum: ['1', '2', '3'] }, { type: 'string' }] } }))).toEqual([]))
  it('a list of known codes may be added to a text', () =>
    expect(said(topicWith({ symbol: { anyOf: [{ enum: ['005930'] }, { type: 'string' }] } }))).toEqual([]))
  it('a unit may be named where none was', () => expect(said(topicWith({ symbol: { type: 'string', 'x-unit': 'code' } }))).toEqual([]))
  it('a topic may keep records longer, or for ever', () => {
    expect(said(topicWith({}, { retentionMs: 8 * day }))).toEqual([])
    expect(said(topicWith({}, { retentionMs: -1 }))).toEqual([])
  })
  it('another topic may be added', () => expect(said(topicWith({}), topicWith({}, { name: 'kiwoom.market.news.v1' }))).toEqual([]))
})

describe('what breaks readers', () => {
  it.each([
    ['price removed', topicWith({ price: undefined })],
    ['price type', topicWith({ price: { ...price, type: 'integer' } })],
    ['timestamp type', topicWith({ timestamp: { type: ['integer', 'null'], 'x-unit': 'epoch_us' } })],
    ['price unit', topicWith({ price: { ...price, 'x-unit': 'KRW_thousand' } })],
    ['price unit', topicWith({ price: { type: 'number' } })],
    ['side codes', topicWith({ side: { type: 'string', enum: ['buy', 'sell', 'none'] } })],
    ['side codes', topicWith({ side: { type: 'string', enum: ['buy'] } })],
    ['side codes', topicWith({ side: { type: 'string' } })],
    ['symbol codes', topicWith({ symbol: { type: 'string', enum: ['005930'] } })],
    ['phase codes', topicWith({ phase: { type: 'string', anyOf: [{ enum: ['1'] }, { type: 'string' }] } })],
    ['phase codes', topicWith({ phase: { type: 'string' } })],
    ['sizes bounds', topicWith({ sizes: { ...members.sizes, maxItems: 20 } })],
    ['sizes[] type', topicWith({ sizes: { ...members.sizes, items: { type: 'number' } } })],
    ['unreadable.* type', topicWith({ unreadable: { type: 'object', additionalProperties: { type: 'number' } } })],
    ['symbol bounds', topicWith({ symbol: { type: 'string', pattern: '^[0-9]+$' } })],
    ['vwap required', topicWith({ vwap: price }, {}, ['timestamp', 'symbol', 'vwap'])],
    ['price required', topicWith({}, {}, ['timestamp', 'symbol', 'price'])],
    ['symbol required', topicWith({}, {}, ['timestamp'])],
    [' key', topicWith({}, { key: { type: 'string', description: 'The session' } })],
    [' partitions', topicWith({}, { partitions: 12 })],
    [' retention', topicWith({}, { retentionMs: day })],
    [' retention', topicWith({}, { cleanupPolicy: ['compact'] })],
    [' topic', topicWith({}, { name: 'kiwoom.market.deal.v1' })],
  ])('%s', (rule, changed) => expect(rulesBroken(changed)).toEqual([rule]))

  it('a record that takes no further members would refuse those that come later', () => {
    const { schema, ...rest } = topicWith({})
    expect(rulesBroken({ ...rest, schema: { ...schema, additionalProperties: false } })).toEqual(['.* bounds'])
  })

  it('says which topic and member, what was and what is, the rule, and what to do', () => {
    expect(said(topicWith({ price: { ...price, 'x-unit': 'KRW_thousand' } }))).toEqual([
      'kiwoom.market.trade.v1, member price: in 0.1.0 its unit was KRW, and is KRW_thousand now. A member keeps its unit: add an optional member in the other unit, whose name says so. What cannot be done so becomes kiwoom.market.trade.v2, which runs beside it. See docs/contract.md.',
    ])
  })

  it('finds the unit that 0.1.0 named in its description only', () => {
    const old = contract('0.1.0', topicWith({ price: { type: 'number', description: 'Last traded price (KRW)' } }))
    const now = contract('now', topicWith({ price: { ...price, 'x-unit': 'index_point' } }))
    expect(breachesOf(now, [old]).map(({ rule }) => rule)).toEqual(['unit'])
  })
})

describe('the next version of a topic', () => {
  const next = topicWith({ price: undefined }, { name: 'kiwoom.market.trade.v2' })

  it('is free to be otherwise, beside the old one', () => expect(said(topicWith({}), next)).toEqual([]))

  it('does not replace the old one at once', () => {
    expect(said(next)).toEqual([
      'kiwoom.market.trade.v1: in 0.1.0 it was there, and is kiwoom.market.trade.v2 now. A topic stays until the next version of it has run beside it in a release. See docs/contract.md.',
    ])
  })

  it('replaces it once a release had both, and is kept from then on', () => {
    const both = contract('0.2.0', topicWith({}), next)
    expect(breachesOf(contract('now', next), [released, both])).toEqual([])
    expect(breachesOf(contract('now', topicWith({})), [released, both]).map(({ topic }) => topic)).toEqual(['kiwoom.market.trade.v2'])
  })
})

describe('several releases', () => {
  it('are all kept: what came with any of them stays', () => {
    const later = contract('0.2.0', topicWith({ vwap: price }))
    expect(breachesOf(contract('now', topicWith({})), [released, later]).map(({ sentence }) => sentence)).toEqual([
      expect.stringMatching(/^kiwoom\.market\.trade\.v1, member vwap: in 0\.2\.0 it was there, and is gone now\./),
    ])
  })

  it('name a breach once, by the oldest that it breaks', () => {
    const later = contract('0.2.0', topicWith({}))
    const breaches = breachesOf(contract('now', topicWith({ price: undefined })), [released, later])
    expect(breaches.map(({ sentence }) => sentence)).toEqual([expect.stringContaining('in 0.1.0')])
  })
})
