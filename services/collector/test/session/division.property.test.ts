import fc from 'fast-check'
import { expect, test } from 'vitest'
import { maxDivisions, RefusedPairs, RequestDivision } from '../../src/session/division.ts'

const types = ['0A', '0B', '0C', '0D', '0g']
const items = Array.from({ length: 100 }, (_, index) => String(100_000 + index))
const request = { groupNumber: '1', types, items }
const words = '105111: 실시간 항목 등록에 실패했습니다'

type Pair = readonly [type: string, item: string]
const keyOf = ([type, item]: Pair) => `${type}/${item}`

/** Asks a venue that refuses some pairs, and every request that holds one, until nothing is left to ask. */
function divided(requests: readonly (typeof request)[], bad: readonly Pair[], { known = new RefusedPairs(), names = false } = {}) {
  const refusedKeys = new Set(bad.map(keyOf))
  const division = new RequestDivision(requests, known)
  const [accepted, refused]: [string[], string[]] = [[], []]
  let asked = 0
  for (let piece = division.next(); piece !== undefined; piece = division.next()) {
    asked += 1
    const pairs = piece.items.flatMap(item => piece.types.map((type): Pair => [type, item]))
    const first = pairs.find(pair => refusedKeys.has(keyOf(pair)))
    if (first === undefined) {
      division.accepted(piece)
      accepted.push(...pairs.map(keyOf))
    } else refused.push(...division.refused(piece, names ? `${words}[${first[1]}]` : words).map(({ type, item }) => keyOf([type, item])))
  }
  return { asked, accepted: accepted.sort(), refused: refused.sort() }
}

const everywhere = (item: string): Pair[] => types.map(type => [type, item])
const all = items.flatMap(item => types.map(type => keyOf([type, item])))
const without = (bad: readonly Pair[]) => all.filter(key => !bad.map(keyOf).includes(key)).sort()
const keysOf = (bad: readonly Pair[]) => bad.map(keyOf).sort()

test.each<[string, readonly Pair[], number]>([
  ['nothing', [], 1],
  ['the first item', everywhere(items[0]!), 24],
  ['the last item', everywhere(items[99]!), 24],
  ['three items', [...everywhere(items[3]!), ...everywhere(items[50]!), ...everywhere(items[51]!)], 60],
  ['one type of one item', [['0C', items[7]!]], 20],
])('finds %s out, and has everything else accepted', (_, bad, most) => {
  const { asked, accepted, refused } = divided([request], bad)
  expect({ accepted, refused }).toEqual({ accepted: without(bad), refused: keysOf(bad) })
  expect(asked).toBeLessThanOrEqual(most)
})

test('goes by the item that the refusal names', () => {
  const bad = everywhere(items[42]!)
  expect(divided([request], bad, { names: true })).toEqual({ asked: 11, accepted: without(bad), refused: keysOf(bad) })
})

test('has all other types accepted where one type is refused with every item', () => {
  const bad = items.map((item): Pair => ['0g', item])
  const { asked, accepted, refused } = divided([request], bad)
  expect({ accepted, refused }).toEqual({ accepted: without(bad), refused: keysOf(bad) })
  expect(asked).toBeLessThanOrEqual(maxDivisions + 1)
})

test('asks a bounded number of times where everything is refused, and loses no pair', () => {
  const { asked, accepted, refused } = divided([request], items.flatMap(everywhere))
  expect({ accepted, refused }).toEqual({ accepted: [], refused: [...all].sort() })
  expect(asked).toBeLessThanOrEqual(maxDivisions + 1)
})

test('divides market-wide types, which have no item of their own', () => {
  const { accepted, refused } = divided([{ groupNumber: '1', types: ['0s', '1h'], items: [''] }], [['1h', '']])
  expect({ accepted, refused }).toEqual({ accepted: ['0s/'], refused: ['1h/'] })
})

test('asks for what was refused by itself on the next connection, and anew after an hour', () => {
  let nowMs = 0
  const known = new RefusedPairs(() => nowMs)
  const bad = everywhere(items[42]!)
  divided([request], bad, { known })
  expect(divided([request], bad, { known })).toEqual({ asked: 2, accepted: without(bad), refused: keysOf(bad) })
  expect(divided([request], [], { known })).toMatchObject({ asked: 2, refused: [] })
  expect(divided([request], [], { known })).toMatchObject({ asked: 1, refused: [] })
  divided([request], bad, { known })
  nowMs = 3_600_001
  expect(divided([request], [], { known })).toMatchObject({ asked: 1, refused: [] })
})

test('whatever is refused, every pair is accepted or refused once, and no good one is refused while requests are left', () => {
  const pair = fc.tuple(fc.constantFrom(...types), fc.constantFrom(...items))
  fc.assert(
    fc.property(fc.array(pair, { maxLength: 12 }), fc.boolean(), (bad, names) => {
      const { asked, accepted, refused } = divided([request, { groupNumber: '2', types: ['0B', '0D'], items: ['200000', '200001'] }], bad, {
        names,
      })
      const wanted = [...all, ...['200000', '200001'].flatMap(item => ['0B', '0D'].map(type => keyOf([type, item])))]
      expect([...accepted, ...refused].sort()).toEqual(wanted.sort())
      expect(asked).toBeLessThanOrEqual(maxDivisions + 2)
      const badKeys = new Set(bad.map(keyOf))
      expect(accepted.filter(key => badKeys.has(key))).toEqual([])
      if (asked < maxDivisions) expect(new Set(refused)).toEqual(badKeys)
    }),
    { numRuns: 200 },
  )
})
