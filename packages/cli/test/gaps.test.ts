import { dayOf } from '@tickhouse/calendar'
import { UsageError } from '@tickhouse/runtime'
import { describe, expect, it } from 'vitest'
import { readInterval } from '../src/verbs/gaps.ts'

const us = (text: string) => Date.parse(text) * 1000
/** Still the 24th in Greenwich. */
const now = us('2026-11-24T15:00:00.000Z')

describe('the interval of tickhouse gaps', () => {
  it('is the whole date when both ends name it, and everything without ends', () => {
    expect(readInterval({ from: '2026-11-25', to: '2026-11-25' }, now)).toEqual(dayOf('2026-11-25'))
    expect(readInterval({ from: '2026-11-25T09:00', to: '2026-11-25' }, now).toUs).toBe(dayOf('2026-11-25').toUs)
    expect(readInterval({}, now).fromUs).toBe(0)
  })

  it('is refused with what was expected', () => {
    expect(() => readInterval({ from: 'soon' }, now)).toThrow(/Expected a time such as 2026-11-25, .* for --from, was "soon"/)
    expect(() => readInterval({ from: '2026-11-25', to: '2026-11-24' }, now)).toThrow(UsageError)
  })
})
