import { UsageError } from '@tickhouse/runtime'
import { temporaryFolder } from '@tickhouse/testkit'
import { describe, expect, it } from 'vitest'
import { eventsOf, requireFrames } from '../src/events.ts'
import { type ReplayOrder, selectFrames } from '../src/index.ts'
import { at, date, frameOf, journalOf } from './replay-fixture.ts'

const { signal } = new AbortController()
const frames = Array.from({ length: 10 }, (_, minute) => [minute * 60, frameOf(minute, ['0B', '005930'])] as const)
const sessions = [
  { session: 's1', from: '08:55', frames, closed: { second: 600, reason: 'disconnected' } },
  { session: 's2', from: '09:06', frames },
]

/** The prices that tell the frames of a selection apart. */
async function pricesOf(order: Omit<ReplayOrder, 'directory'>, nowUs = at('23:00'), directory?: string): Promise<number[]> {
  const selection = await selectFrames({ directory: directory ?? (await journalOf(sessions)), ...order }, nowUs)
  const prices: number[] = []
  for await (const events of eventsOf(selection, signal))
    for (const event of events) if (event.kind === 'frame') prices.push(Number(/"\+(\d+)"/.exec(event.bytes.toString())![1]))
  return prices
}

async function refusal(order: Omit<ReplayOrder, 'directory'>, directory?: string): Promise<string> {
  const refused = await selectFrames({ directory: directory ?? (await journalOf(sessions)), ...order }, at('23:00'))
    .then(selection => requireFrames(selection, signal))
    .catch(error => error)
  expect(refused).toBeInstanceOf(UsageError)
  return (refused as Error).message
}

const all = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]

describe('what is replayed', () => {
  it('is all of a Korean date, or of a session', async () => {
    expect(await pricesOf({ date })).toEqual([...all, ...all])
    expect(await pricesOf({ date: 'today' })).toEqual([...all, ...all])
    expect(await pricesOf({ session: 's2' })).toEqual(all)
  })

  it('was captured from one Korean time on and before another', async () => {
    expect(await pricesOf({ date, from: '09:00', to: '09:08' })).toEqual([5, 6, 7, 8, 9, 0, 1])
    expect(await pricesOf({ session: 's1', from: '09:03' })).toEqual([8, 9])
    expect(await pricesOf({ from: `${date}T09:13`, to: `${date}T00:14:30Z` })).toEqual([7, 8])
  })

  it('was captured by now, where the journal is being written', async () => {
    expect(await pricesOf({ date }, at('09:07'))).toEqual([...all, 0])
  })

  it('is refused with what there is', async () => {
    const list = `its sessions are:\n  s1  opened ${date}T08:55:00.000+09:00\n  s2  opened ${date}T09:06:00.000+09:00`
    expect(await refusal({ date: '2026-11-20' })).toMatch(/^The journal in \S+ holds nothing of 2026-11-20; its sessions are:/)
    expect(await refusal({ date: '2026-11-20' })).toContain(list)
    expect(await refusal({ session: 's9' })).toContain(`has no session s9; ${list}`)
    expect(await refusal({})).toContain(`Expected --date, --session, or --from with a date such as 2026-11-25T09:00; ${list}`)
    expect(await refusal({ date }, temporaryFolder())).toContain('it has no session')
    expect(await refusal({ date }, '/nowhere/at/all')).toBe('Expected a journal in /nowhere/at/all, there is no such folder')
  })

  it('is refused where no frame is in it', async () => {
    const none = await refusal({ date, from: '09:04:30', to: '09:04:40' })
    expect(none).toContain(`No frame was captured between ${date}T09:04:30.000+09:00 and ${date}T09:04:40.000+09:00: ${date} in `)
    expect(none).toContain('(session s1)')
    expect(await refusal({ date, types: ['order_book'] })).toContain('No frame of these symbols and types was captured')
  })

  it.each([
    ['both a date and a session', { date, session: 's1' }, 'Expected either --date or --session, not both'],
    ['a date that is none', { date: '27.11.2026' }, 'Expected a date such as 2026-11-25, today or yesterday, was "27.11.2026"'],
    ['a time that is none', { date, from: 'noon' }, 'Expected --from as 09:00 (with --date or --session) or 2026-11-25T09:00'],
    ['a clock time without a date', { from: '09:00' }, 'Expected --from as 09:00 (with --date or --session)'],
    ['an end before the beginning', { date, from: '10:00', to: '09:00' }, 'Expected --from before --to'],
    ['a type that is none', { date, types: ['trades'] }, 'Expected a dataset or a type code, was "trades"; there are'],
  ])('is refused for %s', async (_, order, words) => {
    expect(await refusal(order)).toContain(words)
  })
})
