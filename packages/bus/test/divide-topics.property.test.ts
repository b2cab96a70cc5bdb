import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type DividedMember, type DividedTopic, divideTopics, type TopicDivision } from '../src/kafkajs/divide-topics.ts'

const topicsArbitrary: fc.Arbitrary<DividedTopic[]> = fc
  .array(fc.record({ partitions: fc.integer({ min: 0, max: 8 }), rate: fc.option(fc.nat(1_000_000), { nil: undefined }) }), {
    maxLength: 25,
  })
  .map(all =>
    all.map(({ partitions, rate }, index) => ({ topic: `t${index}`, partitions: Array.from({ length: partitions }, (_, id) => id), rate })),
  )
const count = fc.integer({ min: 1, max: 30 })

function membersOf(topics: readonly DividedTopic[], ids: readonly string[], before?: TopicDivision): DividedMember[] {
  const names = new Set(topics.map(({ topic }) => topic))
  return ids.map(id => ({ id, topics: names, had: before?.get(id) ?? new Map() }))
}

const idsUpTo = (many: number) => Array.from({ length: many }, (_, index) => `m${String(index).padStart(2, '0')}`)
const placesOf = (own: ReadonlyMap<string, readonly number[]>) => [...own].flatMap(([topic, ids]) => ids.map(id => `${topic}/${id}`))
const sorted = (places: readonly string[]) => [...places].sort()

test('every partition goes to one member, whoever had it before', () => {
  fc.assert(
    fc.property(topicsArbitrary, count, count, (topics, first, second) => {
      const before = divideTopics(topics, membersOf(topics, idsUpTo(first)))
      const after = divideTopics(topics, membersOf(topics, idsUpTo(second), before))
      const all = topics.flatMap(({ topic, partitions }) => partitions.map(id => `${topic}/${id}`))
      expect(sorted([...after.values()].flatMap(placesOf))).toEqual(sorted(all))
    }),
  )
})

test('a topic stays whole as long as there are no more members than topics', () => {
  fc.assert(
    fc.property(topicsArbitrary, count, (topics, many) => {
      const present = topics.filter(({ partitions }) => partitions.length > 0)
      fc.pre(many <= present.length)
      const division = divideTopics(topics, membersOf(topics, idsUpTo(many)))
      for (const { topic } of present) expect([...division.values()].filter(own => own.has(topic))).toHaveLength(1)
      for (const own of division.values()) expect(own.size).toBeGreaterThan(0)
    }),
  )
})

test('no member is idle while there are partitions enough', () => {
  fc.assert(
    fc.property(topicsArbitrary, count, (topics, many) => {
      fc.pre(topics.reduce((sum, { partitions }) => sum + partitions.length, 0) >= many)
      const division = divideTopics(topics, membersOf(topics, idsUpTo(many)))
      for (const own of division.values()) expect(placesOf(own).length).toBeGreaterThan(0)
    }),
  )
})

test('the same members keep what they had, and the order in which they are named does not matter', () => {
  fc.assert(
    fc.property(topicsArbitrary, count, (topics, many) => {
      const ids = idsUpTo(many)
      const first = divideTopics(topics, membersOf(topics, ids))
      const again = divideTopics([...topics].reverse(), membersOf(topics, [...ids].reverse(), first))
      const owners = (division: TopicDivision) => Object.fromEntries([...division].map(([id, own]) => [id, sorted(placesOf(own))]))
      expect(owners(divideTopics(topics, membersOf(topics, [...ids].reverse())))).toEqual(owners(first))
      expect(owners(again)).toEqual(owners(first))
    }),
  )
})

const catalogue: DividedTopic[] = [
  ...['trade', 'order_book', 'best_quote', 'expected_trade'].map(topic => ({ topic, partitions: [0, 1, 2, 3, 4, 5], rate: undefined })),
  ...Array.from({ length: 18 }, (_, index) => ({ topic: `small-${index}`, partitions: [0], rate: undefined })),
]
const rated = catalogue.map(each => ({ ...each, rate: each.partitions.length === 6 ? 1_000_000 : 1_000 }))

test('two members have equally much by rate: two large topics each', () => {
  const division = divideTopics(rated, membersOf(rated, idsUpTo(2)))
  for (const own of division.values()) expect([...own.values()].filter(ids => ids.length === 6)).toHaveLength(2)
})

test('a member that joins takes a share, and the others keep the rest of theirs', () => {
  const one = divideTopics(rated, membersOf(rated, ['a']))
  const two = divideTopics(rated, membersOf(rated, ['a', 'b'], one))
  expect([...two.get('b')!.values()].filter(ids => ids.length === 6)).toHaveLength(2)
  const three = divideTopics(rated, membersOf(rated, ['a', 'b', 'c'], two))
  const moved = (id: string) => placesOf(two.get(id)!).filter(place => !placesOf(three.get(id)!).includes(place))
  expect(new Set([...moved('a'), ...moved('b')])).toEqual(new Set(placesOf(three.get('c')!)))
})

test('more members than topics divide the largest ones', () => {
  const division = divideTopics(rated, membersOf(rated, idsUpTo(26)))
  for (const { topic, partitions } of rated) {
    const owners = [...division.values()].filter(own => own.has(topic))
    expect(owners).toHaveLength(partitions.length === 6 ? 2 : 1)
  }
})

test('a member that does not know a topic is not given it', () => {
  const had = new Map()
  const members = [
    { id: 'old', topics: new Set(['trade']), had },
    { id: 'new', topics: new Set(rated.map(({ topic }) => topic)), had },
  ]
  const division = divideTopics(rated, members)
  expect([...division.get('old')!.keys()]).toEqual(['trade'])
})
