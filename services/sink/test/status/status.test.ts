import type { Standstill } from '@tickhouse/bus'
import { expect, test } from 'vitest'
import { problemsOf, type StatusDeps } from '../../src/status/status.ts'

/** What /ready says of a sink that reads one partition, or stands still. */
function readyOf(standstill: Standstill | null, partitions = standstill === null ? 1 : 0) {
  const progress = Array.from({ length: partitions }, () => ({ topic: 't', partition: 0, offset: 1, highWatermark: 1, topicId: null }))
  const reader = { progress, standstill, unread: [] }
  const nothingHeld = { ready: { differences: new Map() }, held: { all: [] }, suspended: { names: [] } }
  return problemsOf({ reader, ...nothingHeld, storeProblem: () => null } as unknown as StatusDeps)
}

test('a sink that reads is ready', () => {
  expect(readyOf(null)).toEqual([])
})

test('/ready says what a sink waits for that reads nothing, for how long, and why', () => {
  expect(readyOf({ waitsFor: 'group', forMs: 3_210, reason: null })).toEqual([
    { component: 'group', message: 'no place in the group, nothing was read for 3 s' },
  ])
  expect(readyOf({ waitsFor: 'start', forMs: 900, reason: null })).toEqual([
    { component: 'reading', message: 'where to begin to read is not known, nothing was read for 1 s' },
  ])
  expect(readyOf({ waitsFor: 'records', forMs: 65_000, reason: 'Connection error: refused' })).toEqual([
    { component: 'kafka', message: 'Kafka cannot be read, nothing was read for 65 s: Connection error: refused' },
  ])
})

test('a sink to which the group gives nothing is not ready', () => {
  expect(readyOf(null, 0)).toEqual([{ component: 'kafka', message: 'no partitions are being read' }])
})
