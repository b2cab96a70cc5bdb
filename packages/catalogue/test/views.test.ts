import { expect, test } from 'vitest'
import { dictionary, legend, tableDefinitions, views } from '../src/index.ts'

test('no view has the name of a table or of another view', () => {
  const names = [...tableDefinitions, ...views].map(({ name }) => name)
  expect(new Set(names).size).toBe(names.length)
  for (const { name } of views) expect(name).toMatch(/^[a-z][a-z0-9_]{0,39}$/)
})

test.each(views)('$name: every column has a description in the dictionary, in the order of the view', ({ name, columns }) => {
  const rows = dictionary().filter(({ dataset }) => dataset === name)
  expect(rows.map(({ column, ordinal }) => [column, ordinal])).toEqual(columns.map((column, index) => [column.name, index + 1]))
  for (const { column, description, kind } of rows) {
    expect(description, column).toMatch(/^\S.*[^.]$/)
    expect(kind).toBe('view')
  }
  expect(new Set(columns.map(column => column.name)).size).toBe(columns.length)
})

test.each(views)('$name: the example names the view and the columns that it has', ({ name, columns, example }) => {
  expect(example).toMatch(new RegExp(`\\bFROM ${name}\\b`))
  const known = columns.map(column => column.name)
  const asked = /^(?:DECLARE.*\n)?SELECT ([\s\S]*?)\nFROM/.exec(example)![1]!.split(/, (?![^(]*\))/)
  const plain = asked.filter(word => /^\w+$/.test(word))
  expect(plain.filter(word => !known.includes(word))).toEqual([])
})

test('a view never counts a trade twice: every one but trades_all leaves combined items out', () => {
  for (const { name, select, materialized } of views)
    for (const [, table] of select.matchAll(/\b(?:FROM|JOIN) \(?(trade|order_book|program_trading|broker_activity|etf_nav)\b/g))
      if (name !== 'trades_all') expect(select, `${name} reads ${table}${materialized?.base ?? ''}`).toContain("venue IN ('KRX', 'NXT')")
})

test('ordinals number the columns of each table from 1 without holes, levels of a ladder alike', () => {
  for (const { name, columns } of tableDefinitions) {
    const rows = dictionary().filter(({ dataset }) => dataset === name)
    const ordinals = [...new Set(rows.map(({ ordinal }) => ordinal))]
    expect(ordinals, name).toEqual(columns.map((_, index) => index + 1))
    for (const row of rows) expect(columns[row.ordinal - 1]!.name).toBe(row.column)
  }
})

test('the legend has each code of each column once', () => {
  const rows = legend()
  expect(new Set(rows.map(({ dataset, column, code }) => `${dataset}.${column}.${code}`)).size).toBe(rows.length)
  expect(rows).toContainEqual({ dataset: 'trade', column: 'trading_phase', code: '2', meaning: 'regular session' })
  expect(rows).toContainEqual({ dataset: 'trades', column: 'trading_phase', code: '2', meaning: 'regular session' })
  expect(rows).toContainEqual({ dataset: 'nbbo', column: 'state', code: 'crossed', meaning: 'bid above ask' })
})
