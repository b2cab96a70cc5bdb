import { entityOf } from '@tickhouse/catalogue'
import { openJournal, readJournal } from '@tickhouse/journal'
import { createLogger } from '@tickhouse/runtime'
import { temporaryFolder } from '@tickhouse/testkit'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { deadLetterText as describeLetter, pretty, wholeFrame } from '../src/dead-letters/letter-text.ts'
import { type DeadLetter, idOf, nameIn } from '../src/dead-letters/letters.ts'
import { recordsOf } from '../src/dead-letters/retry-collector.ts'
import { entityFor } from '../src/dead-letters/stored.ts'

const letter: DeadLetter = {
  id: 's1/trade/7',
  timestamp: 1_700_000_000_000_001,
  symbol: '*',
  venue: '*',
  session: 's1',
  seq: 7,
  stage: 'collector',
  dataset: 'trade',
  type: '0B',
  reason: 'bad_item',
  detail: 'Expected the item that was registered',
  topic: null,
  topic_partition: null,
  topic_offset: null,
  kafka_partition: 0,
  kafka_offset: 12,
}

describe('the id of a dead letter', () => {
  it('names the record that it stands for, and the sink when the sink wrote it', () => {
    expect(idOf(letter)).toBe('s1/trade/7')
    expect(idOf({ ...letter, stage: 'sink' })).toBe('s1/trade/7/sink')
    expect(idOf({ ...letter, dataset: '*' })).toBe('s1/unknown/7')
  })

  it('leads back to the letter, whatever its session is called', () => {
    const name = fc.record({
      session: fc.constantFrom('1m82rkex8z2g', 'kiwoom.market.trade.v1/3', 'a/b/7/sink', 'x'),
      dataset: fc.constantFrom('trade', 'order_book', '*'),
      seq: fc.nat(),
      stage: fc.constantFrom('collector', 'sink'),
    })
    fc.assert(
      fc.property(name, ({ stage, ...rest }) => {
        expect(nameIn(idOf({ ...rest, stage }))).toEqual(stage === 'sink' ? { ...rest, stage } : rest)
      }),
    )
  })

  it('is not taken from what is none', () => {
    for (const text of ['', 'trade/7', 's1/trade', 's1/trade/seven', 's1/trade/-1', '/trade/7']) expect(nameIn(text), text).toBeUndefined()
  })
})

describe('a dead letter', () => {
  it('is shown with its place in Kafka and its text laid out', () => {
    const sinks: DeadLetter = { ...letter, stage: 'sink', topic: 'kiwoom.market.trade.v1', topic_partition: 3, topic_offset: 4711 }
    const text = describeLetter({ ...sinks, state: 'open', raw: '{"price":"much"}' })
    expect(text).toContain('time     2023-11-14T22:13:20.000001Z')
    expect(text).toContain('record   kiwoom.market.trade.v1, partition 3, offset 4711')
    expect(text).toContain('letter   kiwoom.dead-letter.v1, partition 0, offset 12')
    expect(text.slice(-3)).toEqual(['{', '  "price": "much"', '}'])
    expect(pretty('not json')).toEqual(['not json'])
  })

  it('becomes its record again from its text alone, under the number and time that it kept', () => {
    const raw = JSON.stringify({ type: '0B', item: '005930_NX', values: { 10: '+100', 15: '-3' } })
    const [record, ...more] = recordsOf(letter, raw)
    expect(more).toEqual([])
    expect(record).toMatchObject({ dataset: 'trade', series: 'trade', seq: 7, timestamp: letter.timestamp, symbol: '005930' })
    expect(JSON.parse(record!.json)).toMatchObject({ session: 's1', venue: 'NXT', price: 100, side: 'sell', volume: 3 })
  })

  it('stays one when its text gives no record, or was cut', () => {
    const empty = recordsOf(letter, JSON.stringify({ type: '0B', item: '005930', values: {} }))
    expect(empty.map(({ dataset, series, seq }) => [dataset, series, seq])).toEqual([['dead_letter', 'trade', 7]])
    expect(recordsOf(letter, '{"type":"0B","item":"0059…').map(({ series }) => series)).toEqual(['dead_letter'])
  })

  it('of an unknown type belongs to the dataset that the catalogue has for the type by now', () => {
    expect(entityFor(letter)).toBe(entityOf('trade'))
    expect(entityFor({ ...letter, dataset: '*', reason: 'unknown_type', type: '0G' })).toBe(entityOf('etf_nav'))
    expect(entityFor({ ...letter, dataset: '*', reason: 'unknown_type', type: '9Z' })).toBeUndefined()
    expect(entityFor({ ...letter, dataset: '*', reason: 'not_json', type: null })).toBeUndefined()
  })
})

describe('the frame of a dead letter whose text is cut', () => {
  it('is read whole from the journal, by its place', async () => {
    const { directory, session, frames } = await journalOf(['first', 'x'.repeat(3 * 1024 * 1024), 'last'])
    for (const { text, segment, offset } of frames) {
      const cut = { ...letter, session, journal_segment: segment, journal_offset: offset }
      expect(String(await wholeFrame(directory, cut)) === text).toBe(true)
      expect(describeLetter({ ...cut, state: 'open', raw: 'x…' })).toContain(`frame    segment ${segment}, offset ${offset} of the journal`)
    }
    expect(await wholeFrame(directory, letter)).toBeUndefined()
  })

  it('is missed where the journal has something else at that place', async () => {
    const { directory, session, frames } = await journalOf(['first', 'last'])
    const { segment, offset } = frames[1]!
    for (const other of [{ session: 'another' }, { journal_segment: segment + 1 }, { journal_offset: offset + 1 }])
      await expect(
        wholeFrame(directory, { ...letter, session, journal_segment: segment, journal_offset: offset, ...other }),
      ).rejects.toThrow('does not hold the frame of s1/trade/7')
  })
})

/** A journal with these frames, and where each of them stands. */
async function journalOf(texts: readonly string[]) {
  const directory = temporaryFolder()
  const journal = await openJournal({ directory, log: createLogger({ name: 'test', level: 'silent' }), onLoss: () => {} })
  journal.beginSession({ session: 's9', openedAtUs: 1, environment: 'simulator', collector: 'test', version: 1 })
  for (const [index, text] of texts.entries()) journal.append('frame', index + 2, Buffer.from(text))
  await journal.close()
  const frames: { text: string; segment: number; offset: number }[] = []
  for await (const { entries, start } of readJournal(directory))
    for (const { bytes, offset } of entries) frames.push({ text: String(bytes), segment: start.segment, offset })
  return { directory, session: 's9', frames }
}
