import { ourMark, type ViewDefinition, viewSql, views } from '@tickhouse/catalogue'
import { expect, test } from 'vitest'
import { type ExistingView, planViews, viewStatements, type WantedViews } from '../src/tables/view-plan.ts'
import { wantedViews } from '../src/tables/views.ts'

const all = wantedViews({ VIEWS: 'all' })
const basic = wantedViews({ VIEWS: 'basic' })
const none = wantedViews({ VIEWS: 'none' })
const there = views.map(asThere)

/** A view as QuestDB tells it once it was made. */
function asThere(view: ViewDefinition): ExistingView {
  const { name, materialized } = view
  if (materialized === undefined) return { name, kind: 'view', sql: viewSql(view) }
  const { base, refresh, partitionBy } = materialized
  return { name, kind: 'materialized view', sql: viewSql(view), base, refresh, partitionBy }
}

/** All views as they are wanted, one of them otherwise. */
function allBut(name: string, difference: Partial<ExistingView>): ExistingView[] {
  return there.map(view => (view.name === name ? { ...view, ...difference } : view))
}

function plan(wanted: WantedViews, existing: readonly ExistingView[], irreplaceable: readonly string[] = []) {
  const { create, replace, drop, kept, unchanged } = planViews(wanted, existing, new Set(irreplaceable))
  return {
    create: create.map(({ name }) => name),
    replace: replace.map(({ view, reason }) => `${view.name} ${reason}`),
    drop: drop.map(({ name }) => name),
    kept: kept.map(({ name, reason }) => `${name} ${reason}`),
    unchanged: unchanged.length,
  }
}

const nothing = { create: [], replace: [], drop: [], kept: [], unchanged: views.length }
const bars = ['ohlcv_1s', 'ohlcv_1m', 'ohlcv_1d']

test('an empty QuestDB gets every view that is wanted, each behind those it reads', () => {
  expect(plan(all, [])).toEqual({ ...nothing, create: views.map(({ name }) => name), unchanged: 0 })
  const names = plan(all, []).create
  for (const { name, materialized, select } of views) {
    for (const read of views.filter(view => new RegExp(`\\b(FROM|JOIN) ${view.name}\\b`).test(select)))
      expect(names.indexOf(read.name), `${name} reads ${read.name}`).toBeLessThan(names.indexOf(name))
    expect(materialized?.base === undefined || new RegExp(`FROM ${materialized.base}\\b`).test(select)).toBe(true)
  }
})

test('a QuestDB that has them all is left alone', () => {
  expect(plan(all, there)).toEqual(nothing)
})

test('VIEWS=basic has no view that QuestDB would keep up to date, nor one that reads such a view', () => {
  const materialized = views.filter(view => view.materialized).map(({ name }) => name)
  for (const { name, select, materialized: kept } of views.filter(view => basic.wanted.has(view.name))) {
    expect(kept, name).toBeUndefined()
    for (const other of materialized) expect(select, name).not.toMatch(new RegExp(`\\b${other}\\b`))
  }
  expect(basic.wanted.size).toBeGreaterThan(9)
})

test('a view that VIEWS does not ask for any more is dropped, with what reads it first', () => {
  const { drop, ...rest } = planViews(none, there, new Set())
  expect(drop).toHaveLength(views.length)
  const statements = viewStatements({ drop, ...rest }, views).map(({ statement }) => statement)
  expect(statements.indexOf('DROP MATERIALIZED VIEW IF EXISTS ohlcv_1d')).toBeLessThan(
    statements.indexOf('DROP MATERIALIZED VIEW IF EXISTS ohlcv_1s'),
  )
  expect(plan(basic, there).drop.sort()).toEqual(
    views
      .filter(({ level }) => level === 'all')
      .map(({ name }) => name)
      .sort(),
  )
})

test('a plain view that differs is replaced where it stands', () => {
  const changed = allBut('quotes', { sql: `${ourMark}\nSELECT timestamp FROM order_book` })
  expect(plan(all, changed)).toEqual({ ...nothing, replace: ['quotes has another definition'], unchanged: views.length - 1 })
  const statements = viewStatements(planViews(all, changed, new Set()), views).map(({ statement }) => statement)
  expect(statements).toEqual([expect.stringMatching(/^CREATE OR REPLACE VIEW quotes AS/)])
})

test.each<[string, Partial<ExistingView>, string]>([
  ['with another definition', { sql: `${ourMark}\nSELECT 1` }, 'has another definition'],
  ['refreshed otherwise', { refresh: 'IMMEDIATE' }, 'refresh: expected EVERY 1m, found IMMEDIATE'],
  ['partitioned otherwise', { partitionBy: 'HOUR' }, 'partitionBy: expected DAY, found HOUR'],
  ['that QuestDB stopped refreshing', { invalid: 'truncate operation' }, 'no longer follows trade: truncate operation'],
  ['that is a plain one', { kind: 'view' }, 'is a view, not a materialized view'],
])('a materialized view %s is made anew, and what follows from it', (_, difference, reason) => {
  const found = planViews(all, allBut('ohlcv_1s', difference), new Set())
  expect(found.replace.map(one => [one.view.name, one.reason])).toEqual([
    ['ohlcv_1s', reason],
    ['ohlcv_1m', 'ohlcv_1s is made anew'],
    ['ohlcv_1d', 'ohlcv_1m is made anew'],
  ])
  const kind = difference.kind === 'view' ? 'VIEW' : 'MATERIALIZED VIEW'
  expect(viewStatements(found, views).map(({ statement }) => statement.split(' WITH ')[0])).toEqual([
    'DROP MATERIALIZED VIEW IF EXISTS ohlcv_1d',
    'DROP MATERIALIZED VIEW IF EXISTS ohlcv_1m',
    `DROP ${kind} IF EXISTS ohlcv_1s`,
    ...bars.map(name => `CREATE MATERIALIZED VIEW ${name}`),
  ])
})

test('a materialized view that somebody dropped is made again, and what followed from it', () => {
  const without = there.filter(({ name }) => name !== 'ohlcv_1s')
  expect(plan(all, without)).toMatchObject({
    create: ['ohlcv_1s'],
    replace: ['ohlcv_1m ohlcv_1s is made anew', 'ohlcv_1d ohlcv_1m is made anew'],
  })
})

test('rows that could not be made again are kept, with all that follow from the same view; others are replaced', () => {
  const broken = allBut('ohlcv_1s', { invalid: 'drop partition operation' }).map(view =>
    view.name === 'bbo_1m' ? { ...view, sql: ourMark } : view,
  )
  const { replace, kept } = plan(all, broken, ['ohlcv_1d'])
  expect(replace).toEqual(['bbo_1m has another definition'])
  expect(kept).toEqual([
    'ohlcv_1s no longer follows trade: drop partition operation, and has rows that could not be made again',
    'ohlcv_1m ohlcv_1s is made anew, and has rows that could not be made again',
    'ohlcv_1d ohlcv_1m is made anew, and has rows that could not be made again',
  ])
  expect(plan(none, there, ['bbo_1s']).kept.map(line => line.split(' ')[0])).toEqual(['bbo_1s', 'bbo_1m'])
})

test('what somebody else has made under a name of ours stays, and so does everything by other names', () => {
  const own: ExistingView[] = [
    { name: 'trades', kind: 'view', sql: 'SELECT * FROM trade' },
    { name: 'ohlcv_1s', kind: 'table', sql: '' },
    { name: 'my_view', kind: 'view', sql: 'SELECT 1' },
  ]
  const existing = [...there.filter(({ name }) => name !== 'trades' && !name.startsWith('ohlcv')), ...own]
  const { kept, drop, create } = plan(all, existing)
  expect(kept).toEqual(['trades is a view that somebody else has made', 'ohlcv_1s is a table that somebody else has made'])
  expect(drop).toEqual([])
  expect(create).not.toContain('trades')
  expect(plan(none, existing).drop).not.toContain('my_view')
  expect(plan(none, existing).drop).not.toContain('trades')
})
