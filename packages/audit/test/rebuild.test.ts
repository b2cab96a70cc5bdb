import { type DataRecord, entityOf, type Produced, SessionNormalizer } from '@tickhouse/catalogue'
import type { SqlRow } from '@tickhouse/store'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compare } from '../src/rebuild/comparison.ts'
import { explain } from '../src/rebuild/explain.ts'
import { Assessment, isComplete } from '../src/rebuild/findings.ts'
import { nameOf, RecordSet } from '../src/rebuild/record-set.ts'
import { Positions } from '../src/rebuild/topic-positions.ts'

const openedAtUs = 1_700_000_000_000_000
const trade = entityOf('trade')

/** Records of a session of so many trades, one of them about something else in between. */
function tradesOf(count: number): Produced[] {
  const normalizer = new SessionNormalizer({ session: 's1', openedAtUs, environment: 'simulator', collector: 'test' })
  const item = (type: string, values: object) => JSON.stringify({ trnm: 'REAL', data: [{ type, item: '005930', values }] })
  return Array.from({ length: count }).flatMap((_, index) => {
    const timeUs = openedAtUs + (index + 1) * 10
    return normalizer.entry({ kind: 'frame', timeUs, text: item('0B', { 10: `+${100 + index}`, 15: '+7', 851: 'abc' }) })
  })
}

/** The row that a record becomes, as SQL gives it. */
function rowOf(record: Produced, more: SqlRow = {}): SqlRow {
  const columns = Object.fromEntries(entityOf(record.dataset).table.columns.map(({ name }) => [name, null]))
  const { unreadable, ...members } = JSON.parse(record.json) as DataRecord
  const texts = unreadable && {
    unreadable: Object.entries(unreadable)
      .map(pair => pair.join('='))
      .join(';'),
  }
  return { ...columns, ...(members as SqlRow), ...texts, kafka_partition: 2, kafka_offset: 1000 + record.seq, ...more }
}

async function assess(
  records: readonly Produced[],
  rows: readonly SqlRow[],
  { open = false, publishedBefore = Infinity, inTopic = new Positions() } = {},
) {
  const isOf = ({ dataset }: Produced) => dataset === 'trade'
  async function* pieces() {
    for (const record of records.filter(isOf)) yield { records: [record], isPublished: record.seq < publishedBefore }
  }
  async function* pages() {
    for (let at = 0; at < rows.length; at += 3) yield rows.slice(at, at + 3)
  }
  return new Assessment('trade', await compare(trade, { records: pieces(), rows: pages(), isOpen: () => open }), inTopic)
}

const trades = tradesOf(10).filter(({ dataset }) => dataset === 'trade')
const rows = trades.map(record => rowOf(record))

describe('a table compared with the journal', () => {
  it('is complete when every record has its row, wherever it came from in Kafka', async () => {
    const { findings } = await assess(trades, rows)
    expect(findings).toMatchObject({ records: 10, rows: 10, same: 10, missing: 0, different: 0, other_key: 0, extra: 0 })
    expect(isComplete(findings, false)).toBe(true)
  })

  it('lacks rows, which are named as ranges, with how many of them stand in the topic', async () => {
    const inTopic = new Positions()
    for (const seq of [2, 3]) inTopic.set({ series: 'trade', seq }, { partition: 0, offset: seq })
    const { findings, isWanted } = await assess(
      trades,
      rows.filter((_, index) => ![1, 2, 8].includes(index)),
      { inTopic },
    )
    expect(findings).toMatchObject({ rows: 7, same: 7, missing: 3, in_topic: 2, missing_seqs: ['2-3', '9'] })
    expect(trades.filter(isWanted).map(({ seq }) => seq)).toEqual([2, 3, 9])
  })

  it('holds something else in a row, which keeps its place in Kafka', async () => {
    const altered = rows.map((row, index) => (index === 4 ? { ...row, price: 1, side: null } : row))
    const assessment = await assess(trades, altered)
    expect(assessment.findings).toMatchObject({ same: 9, different: 1, missing: 0 })
    expect(assessment.findings.differences).toEqual([
      { series: 'trade', seq: 5, column: 'price', found: 1, expected: 104 },
      { series: 'trade', seq: 5, column: 'side', found: null, expected: 'buy' },
    ])
    expect(assessment.different.get({ series: 'trade', seq: 5 })).toEqual({ partition: 2, offset: 1005 })
    expect(assessment.isWanted({ series: 'trade', seq: 5 })).toBe(true)
  })

  it('keeps a row that stands under another key, and its record is not written beside it', async () => {
    const moved = rows.map((row, index) => (index === 3 ? { ...row, symbol: '005935' } : row))
    const { findings, isWanted } = await assess(trades, moved)
    expect(findings).toMatchObject({ same: 9, missing: 0, other_key: 1, extra: 0 })
    expect(findings.other_keys).toMatchObject([{ found: { seq: 4, symbol: '005935' }, expected: { seq: 4, symbol: '005930' } }])
    expect(isWanted({ series: 'trade', seq: 4 })).toBe(false)
  })

  it('sees rows that the journal does not give: of other numbers, and a second one of a number that is right', async () => {
    const strangers = [rowOf(trades[0]!, { timestamp: openedAtUs + 11, seq: 77 }), rowOf(trades[1]!, { venue: 'NXT' })]
    const all = [...rows, ...strangers].sort((a, b) => Number(a['timestamp']) - Number(b['timestamp']))
    const { findings } = await assess(trades, all)
    expect(findings).toMatchObject({ rows: 12, same: 10, other_key: 0, extra: 2 })
    expect(findings.extra_rows.map(({ seq, venue }) => [seq, venue])).toEqual([
      [77, 'KRX'],
      [2, 'NXT'],
    ])
    expect(isComplete(findings, true)).toBe(false)
  })

  it('does not miss what the collector has not published yet, unless it stands in the topic', async () => {
    const inTopic = new Positions()
    inTopic.set({ series: 'trade', seq: 8 }, { partition: 0, offset: 8 })
    const { findings, isWanted } = await assess(trades, rows.slice(0, 7), { open: true, publishedBefore: 8, inTopic })
    expect(findings).toMatchObject({ same: 7, missing: 1, in_topic: 1, unpublished: 2 })
    expect(trades.filter(isWanted).map(({ seq }) => seq)).toEqual([8])
    const filled = (await assess(trades, rows.slice(0, 8), { publishedBefore: 8 })).findings
    expect([isComplete(filled, true), isComplete(filled, false)]).toEqual([true, false])
  })

  it('lets the table of an open session be further than the journal was when it was read', async () => {
    const { findings } = await assess(trades.slice(0, 6), rows, { open: true })
    expect(findings).toMatchObject({ records: 6, rows: 6, same: 6, extra: 0 })
    expect((await assess(trades.slice(0, 6), rows)).findings.extra).toBe(4)
  })

  it('finds exactly the rows that were left out, altered or added', async () => {
    const fate = fc.constantFrom('kept', 'lost', 'altered', 'moved')
    await fc.assert(
      fc.asyncProperty(fc.array(fate, { minLength: 10, maxLength: 10 }), async fates => {
        const table = rows.flatMap((row, index) => {
          if (fates[index] === 'lost') return []
          if (fates[index] === 'altered') return [{ ...row, volume: 8 }]
          return [fates[index] === 'moved' ? { ...row, venue: 'SOR' } : row]
        })
        const { findings } = await assess(trades, table)
        const count = (wanted: string) => fates.filter(each => each === wanted).length
        expect([findings.same, findings.missing, findings.different, findings.other_key, findings.extra]).toEqual([
          count('kept'),
          count('lost'),
          count('altered'),
          count('moved'),
          0,
        ])
      }),
      { numRuns: 100 },
    )
  })

  it('says in words what is wrong and what to do about rows that cannot be removed', async () => {
    const { findings } = await assess(trades, [...rows.slice(0, 9), rowOf(trades[0]!, { timestamp: openedAtUs + 3_600_000_000, seq: 77 })])
    const report = { dataset: 'trade', session: 's1', open: false, after: null, published: 0, written: 0, refused: [] }
    const lines = explain({ ...report, verdict: 'incomplete', before: findings })
    expect(lines[0]).toBe('1 rows are missing: seq 10; 0 of them stand in the topic')
    expect(lines).toContain('not from the journal: seq 77, 2023-11-14T23:13:20.000000Z 005930 KRX')
    expect(lines).toContain("  ALTER TABLE trade DROP PARTITION LIST '2023-11-14T23'")
    expect(lines.at(-1)).toBe('incomplete: 9 of 10 records of trade in session s1 are in the table as the journal gives them')
  })
})

describe('records by number', () => {
  it('dead letters are numbered among the records that they stand for', () => {
    expect(nameOf('trade', { seq: 7 })).toEqual({ series: 'trade', seq: 7 })
    expect(nameOf('dead_letter', { seq: 7, dataset: 'trade' })).toEqual({ series: 'trade', seq: 7 })
    expect(nameOf('dead_letter', { seq: 7, dataset: '*' })).toEqual({ series: 'dead_letter', seq: 7 })
  })

  it('a set tells ranges, those of another series with its name, and stops at the limit', () => {
    const set = new RecordSet()
    for (const seq of [1, 2, 3, 7, 9]) set.add({ series: 'dead_letter', seq })
    set.add({ series: 'trade', seq: 4 })
    expect(set.ranges('dead_letter', 10, () => true)).toEqual(['1-3', '7', '9', 'trade 4'])
    expect(set.ranges('dead_letter', 2, ({ seq }) => seq !== 2)).toEqual(['1', '3'])
    expect([set.count(() => true), set.has({ series: 'trade', seq: 7 })]).toEqual([6, false])
  })

  it('positions are kept for any number, and the last one of a record counts', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.integer({ min: 1, max: 1e6 }), fc.nat(9), fc.nat(2 ** 40))), entries => {
        const positions = new Positions()
        for (const [seq, partition, offset] of entries) positions.set({ series: 'trade', seq }, { partition, offset })
        const last = new Map(entries.map(([seq, partition, offset]) => [seq, { partition, offset }]))
        expect(positions.size).toBe(last.size)
        for (const [seq, position] of last) expect(positions.get({ series: 'trade', seq })).toEqual(position)
        expect(positions.has({ series: 'trade', seq: 1e6 + 1 })).toBe(false)
      }),
    )
  })
})
