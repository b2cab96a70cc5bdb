import { expect, test } from 'vitest'
import { venueLines } from '../src/observe/health.ts'

test('status says what is not captured, which items are silent, and what the venue said', () => {
  const types = ['0B', '0D']
  expect(
    venueLines({
      refused: [{ types, items: ['999999'], reason: 'registration_refused', evidence: '105111: error' }],
      silentItems: [{ item: '888888', types, lastAt: null, evidence: 'nothing came' }],
      notices: [{ at: '2026-11-29T00:00:00.000Z', kind: 'system', code: '0', text: 'notice', times: 2 }],
    }),
  ).toEqual([
    'not captured (registration_refused): 999999 of 0B, 0D: 105111: error',
    'silent: 888888 of 0B, 0D: nothing came',
    'the venue said, 2 times, last at 2026-11-29T00:00:00.000Z: system 0: notice',
  ])
  expect(venueLines({ refused: [], silentItems: [], notices: [] })).toEqual([])
})
