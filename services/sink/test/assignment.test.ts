import { expect, test } from 'vitest'
import { startOf } from '../src/assignment.ts'

const kafka = { earliest: 100, latest: 1_000 }
const at = (offset: number) => ({ ...kafka, committed: { offset, metadata: '' } })

test('without a commit everything that Kafka has is read', () => {
  expect(startOf({ ...kafka, committed: null }, 'all')).toEqual({ offset: 100, lost: null })
})

test('with a table that holds what was committed, reading goes on there', () => {
  expect(startOf(at(500), 'all')).toEqual({ offset: 500, lost: null })
  expect(startOf(at(1_000), 'all')).toEqual({ offset: 1_000, lost: null })
})

test('a table that is behind is filled from behind its last row', () => {
  expect(startOf(at(500), { lastOffset: 300 })).toEqual({ offset: 301, lost: null })
})

test('what the table holds beyond the commit does not move the beginning', () => {
  expect(startOf(at(500), { lastOffset: 700 })).toEqual({ offset: 500, lost: null })
})

test('what neither Kafka nor the table has is lost, and said so', () => {
  expect(startOf(at(60), 'all')).toEqual({ offset: 100, lost: { reason: 'records_expired', from: 60, to: 100 } })
  expect(startOf(at(500), { lastOffset: 80 })).toEqual({ offset: 100, lost: { reason: 'records_expired', from: 81, to: 100 } })
  expect(startOf(at(500), { lastOffset: null })).toEqual({ offset: 100, lost: { reason: 'records_expired', from: 0, to: 100 } })
})

test('an empty table is filled from the beginning', () => {
  expect(startOf({ committed: { offset: 500, metadata: '' }, earliest: 0, latest: 1_000 }, { lastOffset: null })).toEqual({
    offset: 0,
    lost: null,
  })
})

test('a topic that does not reach what was committed was made anew: all of it is read', () => {
  expect(startOf(at(5_000), 'all')).toEqual({ offset: 100, lost: { reason: 'topic_recreated', from: 5_000, to: null } })
})
