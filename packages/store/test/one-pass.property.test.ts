import { type DataRecord, entities, SessionNormalizer, type TableDefinition } from '@tickhouse/catalogue'
import { encoderFor, RowBuffer } from '@tickhouse/store'
import { frameFixtures } from '@tickhouse/testkit'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { recordsOf } from './records.ts'

const place = { partition: 3, offset: 4_000_000_123 }
const tables = new Map(entities.map(({ name, table }) => [name, table]))
const encoders = new Map(entities.map(({ table }) => [table, encoderFor(table)]))

/** A record as bytes, and the table that it is for. */
interface Sample {
  readonly table: TableDefinition
  readonly json: string
}

/** What our collector makes of the venue's own frames. */
const collected: readonly Sample[] = collectedRecords()
const fixture = fc.constantFrom(...collected)
/** Any record that a table can hold, absent, null and shuffled members included. */
const generated = fc
  .constantFrom(...tables.values())
  .chain(table => recordsOf(table).map(record => ({ table, json: JSON.stringify(record) })))

test('the records of our collector are written in one pass, all of the venue but for what is unreadable; gaps have lists, and are parsed', () => {
  const taken = new Set<string>()
  for (const { table, json } of collected.filter(({ table }) => table.lists === undefined)) {
    const isTaken = encoders.get(table)!.encodeJson(Buffer.from(json), place.partition, place.offset, new RowBuffer())
    if (isTaken) taken.add(table.name)
    else expect(json).toMatch(/"unreadable":|\\/)
  }
  expect([...taken, 'feed_gap'].sort()).toEqual([...new Set(collected.map(({ table }) => table.name))].sort())
  expect(taken.size).toBeGreaterThan(18)
})

test('whatever a record holds, its row is the one that JSON.parse and the encoder give, or nothing is written', () => {
  fc.assert(
    fc.property(fc.oneof(fixture, generated), sample => agrees(sample)),
    { numRuns: 1_000 },
  )
})

test('so it is when members are replaced, added, repeated, moved or taken away', () => {
  fc.assert(
    fc.property(fixture.chain(changed), sample => agrees(sample)),
    { numRuns: 2_000 },
  )
})

test('so it is when bytes are replaced, added or taken away', () => {
  const edits = fc.array(fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.constantFrom(0, 1), oddBytes), {
    minLength: 1,
    maxLength: 3,
  })
  fc.assert(
    fc.property(fc.oneof(fixture, generated), edits, ({ table, json }, changes) => {
      let bytes = Buffer.from(json)
      for (const [where, removed, added] of changes) {
        const at = Math.floor(where * bytes.length)
        bytes = Buffer.concat([bytes.subarray(0, at), added, bytes.subarray(at + removed)])
      }
      agrees({ table, json: bytes })
    }),
    { numRuns: 3_000 },
  )
})

test('so it is for the beginning of a record that another one, or anything else, follows in the buffer', () => {
  const rest = fc.oneof(fc.constantFrom('', '0', '"', ']', '}', '1,2,3]]}', ':"x"}'), fc.string({ unit: 'binary-ascii' }))
  fc.assert(
    fc.property(fixture, fc.nat(), fc.boolean(), rest, ({ table, json }, length, closed, behind) => {
      const beginning = Buffer.from(json).subarray(0, length % (Buffer.byteLength(json) + 1))
      agrees({ table, json: closed ? Buffer.concat([beginning, Buffer.from('}')]) : beginning }, behind)
      agrees({ table, json: closed ? Buffer.concat([beginning, Buffer.from('}')]) : beginning }, json.slice(length % json.length))
    }),
    { numRuns: 1_000 },
  )
})

test.each(['price', 'volume', 'exchange_time', 'timestamp'])('so it is for every way to write a number, in %s', name => {
  const digits = (maxLength: number) => fc.string({ unit: fc.constantFrom(...'0123456789'), maxLength })
  const written = fc
    .tuple(fc.constantFrom('', '-'), digits(18), fc.option(digits(24)), fc.constantFrom('', '', '', 'e3', 'E-3'))
    .map(([sign, whole, decimals, exponent]) => sign + whole + (decimals === null ? '' : `.${decimals}`) + exponent)
  const double = fc.double({ noNaN: true, noDefaultInfinity: true }).map(String)
  const decimal = fc.tuple(fc.integer(), fc.nat(6)).map(([number, decimals]) => (number / 10 ** decimals).toFixed(decimals))
  const table = tables.get('trade')!
  const header = { timestamp: 1_700_000_000_000_000, symbol: 's', venue: 'v', session: 'x', seq: 1, exchange_time: 1, price: 1, volume: 1 }
  fc.assert(
    fc.property(fc.oneof(written, double, decimal, fc.maxSafeInteger().map(String)), number => {
      agrees({ table, json: JSON.stringify(header).replace(new RegExp(`("${name}":)\\d+`), (_, key) => key + number) })
    }),
    { numRuns: 2_000 },
  )
})

/** The row is the one of the other way, or there is none; either way the rows before stay as they are. */
function agrees({ table, json }: Sample | { table: TableDefinition; json: Buffer }, behind = ''): void {
  const bytes = Buffer.from(json)
  const whole = Buffer.concat([Buffer.from('in front'), bytes, Buffer.from(behind)])
  const rows = new RowBuffer(64)
  encodeByParsing(table, Buffer.from(usual(table)), rows)
  const before = Buffer.from(rows.slice())
  const record = whole.subarray('in front'.length, 'in front'.length + bytes.length)
  const isTaken = encoders.get(table)!.encodeJson(record, place.partition, place.offset, rows)
  expect(rows.rowCount).toBe(isTaken ? 2 : 1)
  expect(rows.position).toBe(rows.byteLength)
  expect(rows.slice(0, 1).equals(before)).toBe(true)
  if (!isTaken) return
  const expected = new RowBuffer()
  encodeByParsing(table, bytes, expected)
  expect(rows.slice(1).toString('latin1')).toBe(expected.slice().toString('latin1'))
}

function encodeByParsing(table: TableDefinition, json: Buffer, rows: RowBuffer): void {
  expect(encoders.get(table)!.encode(JSON.parse(json.toString()) as DataRecord, place.partition, place.offset, rows)).toBeUndefined()
}

function usual({ columns }: TableDefinition): string {
  const required = columns.filter(column => column.required && !column.name.startsWith('kafka_'))
  return JSON.stringify(Object.fromEntries(required.map(({ name, questType }) => [name, questType === 'SYMBOL' ? 'x' : 1])))
}

/** A record of which some members are not as they were. */
function changed({ table, json }: Sample): fc.Arbitrary<Sample> {
  const members = Object.entries(JSON.parse(json)).map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`)
  const names = table.columns.map(({ name }) => name)
  const value = fc.oneof(
    fc.json({ maxDepth: 2 }),
    fc.constantFrom(
      'null',
      'true',
      '-0',
      '1e5',
      '01',
      '[]',
      '[[]]',
      '[1,null]',
      '[[1],[2,3]]',
      '[[1,null],[2.50,-3]]',
      '""',
      '"\\u0041"',
      '" "',
    ),
    fc.constantFrom(
      '"\\ud800"',
      '"\ud7ff\ue000\uffff"',
      '"é"',
      '"😀"',
      '"가,= \u007f"',
      '"\\""',
      '"a\\\\b"',
      '{"851":"abc"}',
      '0.1',
      '9007199254740993',
    ),
    fc.string({ unit: 'binary' }).map(text => JSON.stringify(text)),
  )
  const member = fc
    .tuple(fc.constantFrom(...names, 'brand_new', '', '__proto__'), value)
    .map(([name, text]) => `${JSON.stringify(name)}:${text}`)
  const change = fc.tuple(
    fc.nat(members.length),
    fc.constantFrom('replace', 'value', 'add', 'repeat', 'move', 'take away', 'space'),
    member,
    value,
  )
  return fc.array(change, { minLength: 1, maxLength: 3 }).map(changes => {
    const result = [...members]
    for (const [at, kind, other, otherValue] of changes) {
      const chosen = result[at] ?? ''
      if (kind === 'replace') result[at] = other
      else if (kind === 'value') result[at] = chosen.replace(/:.*/s, () => `:${otherValue}`)
      else if (kind === 'add') result.splice(at, 0, other)
      else if (kind === 'repeat') result.push(chosen)
      else if (kind === 'move') result.push(...result.splice(at, 1))
      else if (kind === 'take away') result.splice(at, 1)
      else result[at] = ` ${chosen}`
    }
    return { table, json: `{${result.join(',')}}` }
  })
}

const oddBytes: fc.Arbitrary<Buffer> = fc.oneof(
  fc.constantFrom(...'{}[]",:\\ -.0123456789eEntu').map(text => Buffer.from(text)),
  fc
    .constantFrom([0xc3, 0xa9], [0xed, 0xa0, 0x80], [0xe0, 0x80, 0x80], [0xef, 0xbb, 0xbf], [0xf0, 0x9f, 0x98, 0x80], [0xea, 0xb0], [])
    .map(bytes => Buffer.from(bytes)),
  fc.uint8Array({ minLength: 1, maxLength: 2 }).map(bytes => Buffer.from(bytes)),
)

function collectedRecords(): Sample[] {
  const identity = { session: '01test', openedAtUs: 0, environment: 'simulator', collector: 'test' }
  const normalizer = new SessionNormalizer(identity)
  return frameFixtures()
    .flatMap(({ text }) => normalizer.entry({ kind: 'frame', timeUs: 1_700_000_000_000_000, text }))
    .map(({ dataset, json }) => ({ table: tables.get(dataset)!, json }))
}
