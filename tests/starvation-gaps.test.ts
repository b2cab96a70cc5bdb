import { expect, test } from 'vitest'
import { describeExplained, starvationGaps } from './faults/starvation-gaps.ts'

const minuteMs = 60_000

function gapOf(reason: string, fromMs: number, toMs: number) {
  return { reason, from: fromMs * 1_000, to: toMs * 1_000, evidence: 'R10002: no echo' }
}

/** A machine that held a process up in these stretches, the whole of each. */
function heldUp(...stretches: readonly (readonly [fromMs: number, toMs: number])[]) {
  return (fromMs: number, toMs: number) =>
    stretches.reduce((sum, [begin, end]) => sum + Math.max(0, Math.min(end, toMs) - Math.max(begin, fromMs)), 0)
}

test.each(['heartbeat_missed', 'registration_unanswered', 'silent'])(
  'a gap %s passes where the machine starved the pipeline in it',
  reason => {
    const gap = gapOf(reason, 5 * minuteMs, 6 * minuteMs)
    expect(starvationGaps([gap], heldUp([5 * minuteMs, 5 * minuteMs + 3_000]))).toEqual([{ gap, starvedMs: 3_000 }])
  },
)

test('a session that the venue ends is explained by what happened shortly before its end', () => {
  const gap = gapOf('heartbeat_missed', 5 * minuteMs, 5 * minuteMs + 500)
  expect(starvationGaps([gap], heldUp([5 * minuteMs - 8_000, 5 * minuteMs]))).toEqual([{ gap, starvedMs: 8_000 }])
})

test('without starvation in that very interval the same gap does not pass', () => {
  const gap = gapOf('heartbeat_missed', 5 * minuteMs, 6 * minuteMs)
  expect(starvationGaps([gap], heldUp())).toEqual([])
  expect(starvationGaps([gap], heldUp([0, minuteMs], [7 * minuteMs, 8 * minuteMs]))).toEqual([])
  expect(starvationGaps([gap], heldUp([5 * minuteMs, 5 * minuteMs + 900]))).toEqual([])
})

test('no starvation explains a gap of another reason', () => {
  const gaps = ['disconnected', 'crashed', 'journal_full', 'volume_missing'].map(reason => gapOf(reason, 0, minuteMs))
  expect(starvationGaps(gaps, () => minuteMs)).toEqual([])
})

test('says which gap was let pass, and why', () => {
  expect(describeExplained({ gap: gapOf('heartbeat_missed', 0, 1_500), starvedMs: 2_300 })).toBe(
    'the machine starved the pipeline for 2300 ms, which explains the gap heartbeat_missed from 1970-01-01T00:00:00.000Z to 1970-01-01T00:00:01.500Z (R10002: no echo)',
  )
})
