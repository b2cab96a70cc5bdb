import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { trade } from '../src/datasets/trade.ts'
import { fidsOf } from '../src/fids.ts'
import { datasetOfType, dictionary, entities, entityOf, entityOfTopic, type RowOf, venueDatasets } from '../src/index.ts'

const pairs = readFileSync(join(import.meta.dirname, 'fixtures', 'pairs.tsv'), 'utf8')
  .trimEnd()
  .split('\n')
  .slice(1)
  .map(line => line.split('\t') as [type: string, fid: string, title: string])

describe('the catalogue', () => {
  it('holds every (type, FID) pair of the venue with its title, and invents none', () => {
    expect(pairs).toHaveLength(468)
    const fields = dictionary().flatMap(row => (row.fid === null ? [] : [`${row.type}/${row.fid} ${row.korean_title}`]))
    expect(fields.sort()).toEqual(pairs.map(([type, fid, title]) => `${type}/${fid} ${title}`).sort())
  })

  it('uses each FID of a type once', () => {
    for (const dataset of venueDatasets) expect(new Set(fidsOf(dataset)).size, dataset.name).toBe(fidsOf(dataset).length)
  })

  it('tells types apart that differ in case only', () => {
    expect(datasetOfType('0G')?.name).toBe('etf_nav')
    expect(datasetOfType('0g')?.name).toBe('stock_info')
    expect(datasetOfType('0U')?.name).toBe('sector_breadth')
    expect(datasetOfType('0u')?.name).toBe('elw_indicator')
    expect(datasetOfType('0b')).toBeUndefined()
  })

  it('names columns in snake_case, once per table, in at most 40 characters', () => {
    for (const { name, table } of entities) {
      const names = table.columns.map(column => column.name)
      expect(new Set(names).size, name).toBe(names.length)
      for (const column of names) expect(column).toMatch(/^[a-z][a-z0-9_]{0,39}$/)
    }
  })

  it('gives one FID one name wherever it means the same', () => {
    const exceptions = new Set([10, 11, 12, 13, 15, 20, 21, 25, 26, 908, 9001])
    const names = new Map<number, Set<string>>()
    for (const row of dictionary()) if (row.fid !== null) names.set(row.fid, (names.get(row.fid) ?? new Set()).add(row.column))
    for (const [fid, columns] of names) if (!exceptions.has(fid)) expect([...columns], String(fid)).toHaveLength(1)
  })

  it('begins every table with the timestamp, ends it with the Kafka position, and requires its deduplication keys', () => {
    for (const { name, table } of entities) {
      expect(table.columns[0]?.name, name).toBe('timestamp')
      expect(table.columns.slice(-2).map(column => column.name)).toEqual(['kafka_partition', 'kafka_offset'])
      const required = new Set(table.columns.filter(column => column.required).map(column => column.name))
      for (const key of table.dedupKeys) expect(required, `${name}.${key}`).toContain(key)
    }
  })

  it('derives topics without the characters that Kafka metrics merge', () => {
    for (const { topic } of entities) {
      expect(topic.name).toMatch(/^kiwoom\.[a-z.-]+\.v1$/)
      expect(entityOfTopic(topic.name)?.topic).toBe(topic)
    }
    expect(entityOf('order_execution').topic.name).toBe('kiwoom.account.order-execution.v1')
    expect(entityOf('order_book').topic.name).toBe('kiwoom.market.order-book.v1')
  })

  it('says which names exist when a dataset is unknown', () => {
    expect(() => entityOf('trades')).toThrow(/Expected a dataset, was "trades"; known are order_execution/)
  })

  it('knows the type of every column at compile time', () => {
    const row = {} as RowOf<typeof trade>
    const volume: number | null = row.volume
    const side: 'buy' | 'sell' | null = row.side
    // @ts-expect-error a wrong column name does not compile
    const wrong = row.volumes
    expect([volume, side, wrong]).toEqual([undefined, undefined, undefined])
  })
})
