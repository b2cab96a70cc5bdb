import { frameFixtures } from '@tickhouse/testkit'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { fidsOf } from '../src/fids.ts'
import { admitted, type Produced, type RecordTaker, SessionNormalizer, type StoredEntry, venueDatasets } from '../src/index.ts'

const identity = { session: '01test', openedAtUs: 1_000_000, environment: 'simulator', collector: 'c1' }
const morning = Date.UTC(2026, 8, 11, 2, 56, 18) * 1000
const segment = 3

/** An item whose members and values can be put in any order, and left out. */
interface Item {
  readonly members: readonly ('values' | 'type' | 'name' | 'item')[]
  readonly values: readonly Pair[]
  readonly type: string
  readonly name: string
  readonly item: string
}

const usualOrder = ['values', 'type', 'name', 'item'] as const
const real = frameFixtures().flatMap(({ text }) =>
  (JSON.parse(text).data as (Omit<Item, 'members' | 'values'> & { readonly values: Record<string, string> })[]).map(
    ({ values, type, name, item }): Item => ({ members: usualOrder, values: Object.entries(values), type, name: name ?? '', item }),
  ),
)
const fids = [...new Set(venueDatasets.flatMap(fidsOf))].map(String)
const digits = (maxLength: number) => fc.stringMatching(new RegExp(`^[0-9]{1,${maxLength}}$`))
const sign = fc.constantFrom('', '+', '-', ' ', '--', '+ ')
const number = fc
  .tuple(
    sign,
    fc.constantFrom('', '0', '000'),
    fc.oneof(digits(6), digits(18)),
    fc.constantFrom('', '', '.', '.0', '.50', '.0000001', ',', 'e3'),
  )
  .map(parts => parts.join(''))
const decimal = fc.tuple(sign, digits(9), digits(8)).map(([before, whole, part]) => `${before}${whole}.${part}`)
const time = fc.tuple(fc.nat(25), fc.nat(61), fc.nat(61)).map(parts => parts.map(part => String(part).padStart(2, '0')).join(''))
const date = fc
  .tuple(fc.integer({ min: 1890, max: 2100 }), fc.nat(13), fc.nat(32))
  .map(parts => parts.map(part => String(part).padStart(2, '0')).join(''))
const odd = fc.constantFrom(
  ...['', ' ', '   ', '-', '+', '-0', '+0', ' 0', '0', '00', '-0.00', '.5', '5.', '0.000001', '000000', '00000000', '0000000', '!!!!'],
  ...['Y', 'N', 'y', '1', '2', '삼  성', ' 삼성전자 ', 'é', '😀', '\u0080', '\u009f', '\u00a0', '\u007f', '\u2028', '\ufeff', '\ufffd'],
  ...['x'.repeat(119), '삼'.repeat(41), 'a"b', 'a\\b', 'a\nb', '9007199254740991', '9007199254740993', '2147483648', '123456789012.345'],
)
const word = fc.oneof(fc.string({ unit: 'grapheme', maxLength: 12 }), fc.string({ unit: 'binary', maxLength: 6 }))

/** A text that a number, time or code of the venue may well be. */
const likely = fc.oneof(
  fc.tuple(fc.constantFrom('', '+', '-', ' '), fc.constantFrom('', '0', '00'), digits(12)).map(parts => parts.join('')),
  fc.tuple(fc.constantFrom('', '+', '-', ' '), digits(9), digits(5)).map(([before, whole, part]) => `${before}${whole}.${part}`),
  fc.constantFrom('', ' ', '-0', '0', '000000', '115618', '삼  성', ' KRX', 'NXT'),
)
const text = fc.oneof({ weight: 3, arbitrary: likely }, number, decimal, time, date, odd, word)

type Pair = readonly [key: string, text: string]
/** What one of an item's values becomes: another text, nothing, two of the same FID, or it gets a neighbour. */
interface Change {
  readonly at: number
  readonly become: (pair: Pair) => readonly Pair[]
}
const change: fc.Arbitrary<Change> = fc
  .tuple(fc.nat(139), fc.constantFrom('text', 'text', 'text', 'none', 'twice', 'more'), text, fc.oneof(digits(6), fc.constantFrom(...fids)))
  .map(([at, how, other, fid]) => ({
    at,
    become: pair =>
      how === 'text' ? [[pair[0], other]] : how === 'none' ? [] : how === 'twice' ? [[pair[0], other], pair] : [pair, [fid, other]],
  }))
/** Null for most. */
const seldom = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | null> =>
  fc.oneof({ weight: 7, arbitrary: fc.constant(null) }, { weight: 1, arbitrary })
const items = fc.oneof(
  fc.constantFrom('005930', '005930_NX', '005930_AL', 'A005930', '', '_NX', 'X_NX_NX', '0 1', '한국'),
  fc.string({ maxLength: 5 }),
)
const item = fc
  .record({
    from: fc.constantFrom(...real),
    changes: fc.array(change, { maxLength: 4 }),
    item: seldom(items),
    type: seldom(fc.constantFrom(...venueDatasets.map(({ type }) => type), '02', '9Z', '', 'é', '0BB')),
    name: seldom(word),
    members: fc.oneof(
      { weight: 12, arbitrary: fc.constant<Item['members']>(usualOrder) },
      { weight: 1, arbitrary: fc.shuffledSubarray([...usualOrder]) },
    ),
  })
  .map(({ from, changes, item, type, name, members }): Item => {
    const become = new Map(changes.map(each => [each.at % Math.max(1, from.values.length), each.become]))
    const values = from.values.flatMap((pair, index) => become.get(index)?.(pair) ?? [pair])
    return { members, values, type: type ?? from.type, name: name ?? from.name, item: item ?? from.item }
  })

function written({ members, values, ...words }: Item): string {
  const pairs = values.map(([key, value]) => `${JSON.stringify(key)}:${JSON.stringify(value)}`)
  return `{${members.map(name => (name === 'values' ? `"values":{${pairs}}` : `"${name}":${JSON.stringify(words[name])}`))}}`
}

/** A frame as bytes; a few have another end, or a byte that is another one, whatever becomes of it. */
const frame = fc
  .record({
    data: fc.array(item, { minLength: 1, maxLength: 4 }),
    damage: seldom(fc.record({ at: fc.nat(), byte: fc.nat(255), isInserted: fc.boolean() })),
    stepUs: fc.oneof(fc.nat(1_000), fc.nat(100_000_000_000)),
  })
  .map(({ data, damage, stepUs }) => {
    const bytes = Buffer.from(`{"data":[${data.map(written)}],"trnm":"REAL"}`)
    if (damage === null) return { bytes, stepUs }
    const at = damage.at % bytes.length
    return {
      bytes: Buffer.concat([bytes.subarray(0, at), Buffer.of(damage.byte), bytes.subarray(at + (damage.isInserted ? 0 : 1))]),
      stepUs,
    }
  })

/** Takes a session's frames in one pass where that is possible, and tells how many records were made so. */
class OnePassSession implements RecordTaker {
  readonly normalizer = new SessionNormalizer(identity)
  readonly records: Produced[] = []
  /** Those of them that were made the long way. */
  readonly long: Produced[] = []
  quick = 0
  take(entry: StoredEntry): void {
    this.normalizer.take(entry, segment, this)
  }
  produced(record: Produced): void {
    this.records.push(record)
    this.long.push(record)
  }
  written(record: Parameters<RecordTaker['written']>[0]): void {
    const { dataset, symbol, timestamp, seq, instrument } = record
    this.quick++
    this.records.push({ dataset, series: dataset, symbol, timestamp, seq, json: record.keep().toString('utf8'), instrument })
  }
}

function entriesOf(frames: readonly { readonly bytes: Buffer; readonly stepUs: number }[]): StoredEntry[] {
  let timeUs = morning
  return frames.map(({ bytes, stepUs }, index) => {
    timeUs += stepUs
    return { kind: 'frame', timeUs, bytes, offset: index * 1_000 }
  })
}

it('one pass makes the very records that the long way makes, and leaves the session where that leaves it', () => {
  let [quick, all] = [0, 0]
  fc.assert(
    fc.property(fc.array(frame, { minLength: 1, maxLength: 12 }), frames => {
      const long = new SessionNormalizer(identity)
      const short = new OnePassSession()
      for (const entry of entriesOf(frames)) {
        const before = short.records.length
        short.take(entry)
        const expected = long.entry(admitted(entry, segment))
        expect(short.records.slice(before), entry.bytes.toString()).toEqual(expected)
        all += expected.length
      }
      expect(short.normalizer.counts).toEqual(long.counts)
      expect(short.normalizer.state()).toEqual(long.state())
      expect(Object.keys(short.normalizer.state().seq)).toEqual(Object.keys(long.state().seq))
      quick += short.quick
    }),
    { numRuns: 400 },
  )
  expect(quick).toBeGreaterThan(all / 4)
})

it('every frame of the venue in its usual form is taken in one pass, every item of it, whatever its dataset', () => {
  const session = new OnePassSession()
  for (let from = 0; from < real.length; from += 3) {
    const bytes = Buffer.from(`{"data":[${real.slice(from, from + 3).map(written)}],"trnm":"REAL"}`)
    session.take({ kind: 'frame', timeUs: morning, bytes, offset: 0 })
  }
  expect(session.long.filter(({ dataset }) => !dataset.startsWith('feed_'))).toEqual([])
  expect(new Set(session.records.map(({ dataset }) => dataset))).toEqual(
    new Set([...venueDatasets.map(({ name }) => name), 'feed_session', 'feed_gap']),
  )
})
