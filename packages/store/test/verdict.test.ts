import { expect, test } from 'vitest'
import { writeVerdictOf } from '../src/write/verdict.ts'

const preamble = 'failed to parse line protocol:errors encountered on line(s):\n'
const answer = (status: number, message: string, line?: unknown) => ({
  status,
  body: JSON.stringify({ code: 'invalid', message, line, errorId: 'x-1' }),
})

test('204 is stored, and nothing else is', () => {
  expect(writeVerdictOf({ status: 204, body: '' })).toEqual({ kind: 'stored' })
  for (const status of [200, 201, 202, 301, 302]) expect(writeVerdictOf({ status, body: '' }).kind).toBe('retry')
})

test('a row that QuestDB names is rejected with QuestDB’s reason', () => {
  const reason = 'table: trade, column: i; line protocol value: 3000000000 is out bounds of column type: INT'
  expect(writeVerdictOf(answer(400, `${preamble}error in line 3: ${reason}`, 3))).toEqual({ kind: 'reject', row: 2, reason })
})

test.each([
  ['no line', undefined],
  ['line 0', 0],
  ['a line that is no number', '3'],
])('with %s the row is unknown', (_, line) => {
  expect(writeVerdictOf(answer(400, `${preamble}unsupported precision`, line))).toEqual({
    kind: 'reject',
    row: null,
    reason: 'unsupported precision',
  })
})

test.each(['Content-length not specified for POST/PUT request', '', '<html>', 'null', '[1'])(
  'a 400 of %o is a rejection of an unknown row',
  body => {
    expect(writeVerdictOf({ status: 400, body })).toMatchObject({ kind: 'reject', row: null })
  },
)

test.each([
  'table: trade; table does not exist, creating new tables is disabled',
  'table: trade, column: nope does not exist, creating new columns is disabled',
  'table: trade, column: price; cast error from protocol type: FLOAT to column type: LONG',
])('no row is condemned for what is wrong with the table: %s', reason => {
  expect(writeVerdictOf(answer(400, `${preamble}error in line 2: ${reason}`, 2))).toEqual({ kind: 'retry', reason })
})

test('a text in a row cannot pass for trouble with the table', () => {
  const reason = 'error in line 1: Could not parse entire line, field value is invalid. Field: note; value: x; table does not exist'
  expect(writeVerdictOf(answer(400, preamble + reason, 1)).kind).toBe('reject')
})

test('413 asks for less at a time', () => {
  expect(writeVerdictOf(answer(413, `${preamble}transaction is too large`, 1))).toEqual({
    kind: 'halve',
    reason: 'transaction is too large',
  })
})

test.each([401, 403, 404, 405, 421])('%d needs a person', status => {
  expect(writeVerdictOf({ status, body: 'Unauthorized\n' })).toEqual({ kind: 'stop', reason: `HTTP ${status}: Unauthorized` })
})

test.each([408, 418, 429, 500, 502, 503, 504, 507, 599, 0])('%d is tried again', status => {
  expect(writeVerdictOf({ status, body: '' })).toEqual({ kind: 'retry', reason: `HTTP ${status}: no reason given` })
})
