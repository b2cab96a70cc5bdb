import { entityOf, SessionNormalizer, venueDatasets } from '@tickhouse/catalogue'
import { describe, expect, it } from 'vitest'
import { expectedColumns, frameFixtures } from '../src/frames.ts'

const timeUs = Date.parse('2026-09-11T11:56:18.761+09:00') * 1000

describe('every frame of the venue becomes the expected rows', () => {
  for (const { name, text, rows } of frameFixtures())
    it(name, () => {
      const normalizer = new SessionNormalizer({ session: '01test', openedAtUs: timeUs - 1, environment: 'mock', collector: 'c1' })
      const produced = normalizer.entry({ kind: 'frame', timeUs, text }).slice(1)
      expect(produced.map(p => p.dataset)).toEqual(rows.map(row => row.dataset))
      produced.forEach(({ dataset, json }, index) => {
        const { timestamp, symbol, venue, session, seq, ...columns } = JSON.parse(json)
        expect({ timestamp, symbol, venue, session, seq }).toEqual({
          timestamp: timeUs + index,
          symbol: rows[index]!.symbol,
          venue: rows[index]!.venue,
          session: '01test',
          seq: index + 1,
        })
        const own = entityOf(dataset).table.columns.map(column => column.name)
        const expected = expectedColumns(rows[index]!, timestamp)
        expect(Object.keys(expected).sort()).toEqual(own.filter(column => !HEADER.has(column)).sort())
        expect(columns).toEqual(Object.fromEntries(Object.entries(expected).filter(([, value]) => value !== null)))
      })
      expect([...normalizer.counts.unknownFids]).toEqual([])
    })
})

it('captured one after the other, they lack only the trades that nobody kept', () => {
  const normalizer = new SessionNormalizer({ session: '01test', openedAtUs: timeUs - 1, environment: 'mock', collector: 'c1' })
  const captured = frameFixtures().filter(({ name }) => name.includes('.captured'))
  const gaps = captured
    .flatMap(({ text }) => normalizer.entry({ kind: 'frame', timeUs, text }))
    .filter(({ dataset }) => dataset === 'feed_gap')
  expect(gaps.map(({ found }) => [found!.symbols, found!.missing])).toEqual([[['005930'], 7198950 - 3 - 7198927]])
  expect(normalizer.counts.volumeResets).toBe(0)
})

it('there is a frame for each of the nineteen types', () => {
  const datasets = new Set(frameFixtures().flatMap(({ rows }) => rows.map(row => row.dataset)))
  expect([...datasets].sort()).toEqual(venueDatasets.map(dataset => dataset.name).sort())
})

const HEADER = new Set(['timestamp', 'symbol', 'venue', 'session', 'seq', 'unreadable', 'kafka_partition', 'kafka_offset'])
