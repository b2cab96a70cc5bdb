import { views } from '@tickhouse/catalogue'
import type { ViewPlan } from '@tickhouse/store'
import { expect, test } from 'vitest'
import { judgeViews } from '../src/views.ts'

const nothing: ViewPlan = { create: [], replace: [], drop: [], kept: [], unchanged: ['trades', 'quotes'] }
const [trades, quotes] = views.filter(({ name }) => ['trades', 'quotes'].includes(name))

test('views as they are wanted are fine, and so is that none is wanted', () => {
  expect(judgeViews(nothing)).toEqual([{ verdict: 'ok', found: 'all 2 are as the catalogue says', mend: null }])
  expect(judgeViews({ ...nothing, unchanged: [] })).toMatchObject([{ verdict: 'ok', found: 'VIEWS asks for none' }])
})

test('views that are missing, differ or are too many are mended by one command; what is kept needs its own statement', () => {
  const plan: ViewPlan = {
    create: [trades!],
    replace: [{ view: quotes!, kind: 'view', reason: 'has another definition' }],
    drop: [{ name: 'bbo_1s', kind: 'materialized view' }],
    kept: [{ name: 'nbbo', reason: 'is a table that somebody else has made', mend: 'RENAME TABLE nbbo TO my_nbbo;' }],
    unchanged: [],
  }
  const mend = 'tickhouse tables apply'
  expect(judgeViews(plan)).toEqual([
    { verdict: 'warn', found: '1 views are missing: trades', mend },
    { verdict: 'warn', found: 'quotes has another definition', mend },
    { verdict: 'warn', found: '1 views are there that VIEWS does not ask for: bbo_1s', mend },
    { verdict: 'warn', found: 'nbbo is a table that somebody else has made', mend: 'RENAME TABLE nbbo TO my_nbbo;' },
  ])
})
