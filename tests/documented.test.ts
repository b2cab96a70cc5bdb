import { expect, test } from 'vitest'
import { Duty, reasons, testOf } from './documented/places.ts'
import { pages, statements, statementsIn } from './documented/statements.ts'

const texts = statements().map(({ text }) => text)

test('statements are read from blocks of sh and sql and from lines, each as a reader copies it', () => {
  const page = [
    'Run `npm start`, or `npx tickhouse tail trade`; `trade` is a table, and `SELECT 1;` a statement.',
    '```sh',
    'docker compose up --wait      # all of it',
    'docker compose down',
    '```',
    '```sql',
    'SELECT price,',
    '  volume FROM trade;  -- the trades',
    'DROP TABLE trade;',
    '```',
    '```sh',
    'export A=b',
    'npm start',
    '```',
    '```',
    'what it prints',
    '```',
  ]
  expect(statementsIn(page.join('\n'), 'page.md')).toEqual([
    { kind: 'shell', text: 'npm start', places: ['page.md:1'] },
    { kind: 'shell', text: 'npx tickhouse tail trade', places: ['page.md:1'] },
    { kind: 'sql', text: 'SELECT 1;', places: ['page.md:1'] },
    { kind: 'shell', text: 'docker compose up --wait', places: ['page.md:2'] },
    { kind: 'shell', text: 'docker compose down', places: ['page.md:2'] },
    { kind: 'sql', text: 'SELECT price,\n  volume FROM trade;', places: ['page.md:6'] },
    { kind: 'sql', text: 'DROP TABLE trade;', places: ['page.md:6'] },
    { kind: 'shell', text: 'export A=b\nnpm start', places: ['page.md:11'] },
  ])
})

test('a block of a language that no test runs is refused', () => {
  expect(() => statementsIn('text\n```ruby\nputs 1\n```', 'page.md')).toThrow(
    'page.md:2: expected a block of sh, sql, python, yaml, promql or of no language, was ruby: no test runs it',
  )
})

test('a command of ours is documented as it can be pasted', () => {
  const notPasted = pages.flatMap(page => statementsIn(page, page).filter(({ text }) => /^tickhouse /.test(text)))
  expect(notPasted).toEqual([])
})

test('a statement that nobody took is left over, and one that is not documented cannot be taken', () => {
  const duty = new Duty('start')
  expect(duty.take('npx tickhouse status')).toBe('npx tickhouse status')
  expect(duty.rest().map(({ text }) => text)).not.toContain('npx tickhouse status')
  expect(duty.rest().length).toBeGreaterThan(40)
  expect(() => duty.take('npx tickhouse status')).toThrow('that was not run before')
  expect(() => duty.takeOne(/^npx tickhouse dance/)).toThrow('found []')
})

test('each reason not to run a statement fits one that is documented', () => {
  expect(reasons.filter(({ statements }) => !texts.some(text => statements.test(text)))).toEqual([])
})

test('all SQL is run', () => {
  const running = new Set(['start', 'cookbook'])
  expect(statements().filter(statement => statement.kind === 'sql' && !running.has(testOf(statement) ?? 'none'))).toEqual([])
})
