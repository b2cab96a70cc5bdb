import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { momentOf, TradingCalendar } from '@tickhouse/calendar'
import { type Entry, openJournal, readJournal } from '@tickhouse/journal'
import { createLogger, untold } from '@tickhouse/runtime'
import { temporaryFolder } from '@tickhouse/testkit'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type DayOrder, writeDay } from '../../src/day/write-day.ts'

const date = '2026-11-26'
const at = (clock: string) => momentOf(date, clock)
const whole = [{ session: '1m8000000000', fromUs: at('07:30'), toUs: at('20:30') }]
const [lostUs, backUs] = [at('10:17'), at('10:18:30')]
const interrupted = [
  { session: '1m8000000000', fromUs: at('07:30'), toUs: lostUs },
  { session: '1m8100000000', fromUs: backUs, toUs: at('20:30') },
]
const small: DayOrder = {
  date,
  collector: 'sample-day',
  sessions: whole,
  symbols: 2,
  records: 1_500,
  seed: 7,
  leavesOut: false,
  calendar: new TradingCalendar(),
}
const signal = new AbortController().signal

async function written(order: DayOrder): Promise<{ directory: string; frames: number }> {
  const directory = join(temporaryFolder(), 'journal')
  const log = createLogger({ name: 'tests', level: 'silent' })
  const journal = await openJournal({ directory, log, onLoss: loss => expect.unreachable(JSON.stringify(loss)) })
  const frames = await writeDay(journal, order, { tell: untold, signal })
  await journal.close()
  return { directory, frames }
}

function bytesOf(directory: string): Buffer[] {
  return readdirSync(directory)
    .sort()
    .map(name => readFileSync(join(directory, name)))
}

async function sessionsIn(directory: string): Promise<Map<string, Entry[]>> {
  const sessions = new Map<string, Entry[]>()
  for await (const { header, entries } of readJournal(directory))
    sessions.set(header.session, [...(sessions.get(header.session) ?? []), ...entries])
  return sessions
}

const contentOf = ({ bytes }: Entry) =>
  JSON.parse(bytes.toString()) as { data: { type: string; item: string; values: Record<string, string> }[] }

test('the same order gives the same bytes, and another seed gives others', async () => {
  const orders = fc.record({
    seed: fc.nat(),
    symbols: fc.integer({ min: 1, max: 4 }),
    isInterrupted: fc.boolean(),
    leavesOut: fc.boolean(),
  })
  const differs = async ({ isInterrupted, ...own }: { seed: number; symbols: number; isInterrupted: boolean; leavesOut: boolean }) => {
    const order = { ...small, ...own, records: 600, sessions: isInterrupted ? interrupted : whole }
    const [one, again, other] = await Promise.all([written(order), written(order), written({ ...order, seed: order.seed + 1 })])
    expect(bytesOf(again.directory)).toEqual(bytesOf(one.directory))
    expect(bytesOf(other.directory)).not.toEqual(bytesOf(one.directory))
  }
  await fc.assert(fc.asyncProperty(orders, differs), { numRuns: 10 })
})

test('a whole day is one session that is closed, with frames whose times rise within it', async () => {
  const { directory, frames } = await written(small)
  const [[session, entries]] = [...(await sessionsIn(directory))] as [[string, Entry[]]]
  const times = [whole[0]!.fromUs, ...entries.map(({ timeUs }) => timeUs)]
  expect([session, frames, entries.length]).toEqual([whole[0]!.session, frames, frames + 1])
  expect(times.every((time, index) => index === 0 || time > times[index - 1]!)).toBe(true)
  expect(entries.at(-1)).toMatchObject({ kind: 'close', timeUs: at('20:30') })
  expect(entries.filter(({ kind }) => kind !== 'frame')).toHaveLength(1)
})

test('a day whose connection was lost lacks the frames of that time, and the next session begins with the gap', async () => {
  const [{ directory }, complete] = [
    await written({ ...small, sessions: interrupted, records: 20_000 }),
    await written({ ...small, records: 20_000 }),
  ]
  const [first, second] = [...(await sessionsIn(directory)).values()] as [Entry[], Entry[]]
  const all = [...(await sessionsIn(complete.directory)).values()][0]!.filter(({ kind }) => kind === 'frame')
  const kept = all.filter(({ timeUs }) => timeUs < lostUs || timeUs > backUs)
  const frames = [...first, ...second].filter(({ kind }) => kind === 'frame')
  expect(kept.length).toBeLessThan(all.length)
  expect(frames.map(({ timeUs }) => timeUs)).toEqual(kept.map(({ timeUs }) => timeUs))
  expect(first.at(-1)).toMatchObject({ kind: 'close', timeUs: lostUs })
  expect(contentOf(first.at(-1)!)).toMatchObject({ reason: 'disconnected', owed: { missing: { fromUs: lostUs } } })
  expect([second[0]!.kind, contentOf(second[0]!)]).toMatchObject(['gap', { from: lostUs, to: backUs, reason: 'disconnected' }])
})

test('trades that the venue leaves out are three of the first stock on KRX, after 13:05', async () => {
  const order = { ...small, records: 8_000 }
  const frames = async (more: Partial<DayOrder>) =>
    [...(await sessionsIn((await written({ ...order, ...more })).directory)).values()].flat().filter(({ kind }) => kind === 'frame')
  const [all, rest] = [await frames({}), await frames({ leavesOut: true })]
  const times = new Set(rest.map(({ timeUs }) => timeUs))
  const missing = all.filter(({ timeUs }) => !times.has(timeUs))
  expect(missing.map(entry => contentOf(entry).data[0]).map(item => [item!.type, item!.item])).toEqual(Array(3).fill(['0B', '005930']))
  for (const { timeUs } of missing) expect(timeUs).toBeGreaterThanOrEqual(at('13:05'))
})
