import { eventually } from '@tickhouse/testkit'
import { expect, test } from 'vitest'
import { allEntriesOf, entriesOf, type JournalEntry, keepFeed } from '../feed-fixture.ts'
import { tradeFrame } from '../scripted-venue.ts'
import { ScriptedClock } from './scripted-clock.ts'

const minute = 60_000
const hour = 60 * minute
const at1970 = 3 * hour - Date.now()
const at2099 = Date.UTC(2099, 0, 1) - Date.now()

/** A collector whose clock is ahead by that much when it starts, against a venue whose Date is right, or that has none. */
async function startAt(aheadMs: number, { hasDate = true } = {}) {
  const clock = new ScriptedClock(aheadMs)
  const venueHas = { date: hasDate }
  const kept = await keepFeed({ nowMs: () => (venueHas.date ? clock.rightMs : undefined) }, { clock })
  const live = () => eventually(() => expect(kept.keeper.state).toBe('live'))
  const gaps = async () =>
    (await entriesOf(kept.journal)).filter(({ kind }) => kind === 'gap').map(({ content }) => content as unknown as Gap)
  const trade = (number: number) => {
    kept.venue.connection.send(tradeFrame(number))
    return eventually(async () => {
      const frame = (await entriesOf(kept.journal)).find(({ text }) => text === tradeFrame(number))
      expect(frame).toBeDefined()
      return frame as JournalEntry
    })
  }
  return { ...kept, clock, venueHas, live, gaps, trade }
}

interface Gap {
  readonly from: number
  readonly to: number
  readonly reason: string
  readonly evidence: string
}

const isNear = (us: number, ms: number, toleranceMs = 1_500) => Math.abs(us / 1000 - ms) <= toleranceMs

test.each([
  ['2 h ahead', 2 * hour, 'the venue says'],
  ['30 min behind', -30 * minute, 'the venue says'],
  ['in 1970', at1970, 'before this release was made'],
  ['in 2099', at2099, 'the venue says'],
])('begins no session while the clock is %s, says so, and captures with right times as soon as it is right', async (_, aheadMs, told) => {
  const { clock, clocks, keeper, venue, journal, live, gaps, trade } = await startAt(aheadMs)
  const startedMs = clock.rightMs
  await eventually(() => expect(clocks.problem).toContain(told))
  expect(clocks.problem).toContain('set it')
  expect([keeper.state, venue.connections.length, venue.tokenRequests]).toEqual(['waiting', 0, 0])
  clock.aheadMs = 0
  await live()
  const rightMs = clock.rightMs
  expect(clocks.problem).toBeUndefined()
  expect(isNear((await trade(1)).timeUs, clock.rightMs)).toBe(true)
  const [gap, ...rest] = await gaps()
  expect(rest).toEqual([])
  expect(gap).toMatchObject({ reason: 'clock_wrong', evidence: expect.stringContaining('the clock of this machine says') })
  expect(isNear(gap!.from, startedMs) && isNear(gap!.to, rightMs)).toBe(true)
  expect((await allEntriesOf(journal)).every(({ timeUs }) => isNear(timeUs, clock.rightMs, 10_000))).toBe(true)
})

test.each([
  ['1970', at1970, 'before this release was made'],
  ['2099', at2099, 'longer after this release was made'],
])('refuses a clock in %s also where the venue tells no time, which shows', async (_, aheadMs, told) => {
  const { clock, clocks, live, gaps } = await startAt(aheadMs, { hasDate: false })
  await eventually(() => expect(clocks.problem).toContain(told))
  expect(clocks.venueDifferenceMs).toBeUndefined()
  clock.aheadMs = 0
  await live()
  expect(clocks.venueDifferenceMs).toBeUndefined()
  expect((await gaps()).map(({ reason }) => reason)).toEqual(['clock_wrong'])
})

test('a clock within the bound is taken, and the differences show', async () => {
  const { clocks, live, gaps } = await startAt(-20_000)
  await live()
  expect(clocks.problem).toBeUndefined()
  expect(Math.abs(clocks.sessionDifferenceMs!)).toBeLessThan(1_000)
  expect(clocks.venueDifferenceMs).toBeLessThan(-15_000)
  expect(await gaps()).toEqual([])
})

test.each([
  [30_000, true],
  [-30_000, true],
  [2_500, true],
  [2 * hour, false],
  [-30 * minute, false],
])(
  'begins another session at once when the clock was %d ms ahead at login and is set right, and names the wrong times',
  async (aheadMs, hasDate) => {
    const { clock, clocks, keeper, venue, live, gaps, trade, feedLog } = await startAt(aheadMs, { hasDate })
    await live()
    const openedMs = clock.rightMs
    const wrong = await trade(1)
    expect(isNear(wrong.timeUs, clock.rightMs + aheadMs)).toBe(true)
    clock.aheadMs = 0
    await eventually(() => expect(venue.connections).toHaveLength(2))
    await live()
    const settledMs = clock.rightMs
    const right = await trade(2)
    expect(isNear(right.timeUs, clock.rightMs)).toBe(true)
    expect(right.session > wrong.session).toBe(true)
    expect(right.session).toBe(feedLog.session?.session)
    const told = await gaps()
    expect(new Set(told.map(({ reason }) => reason))).toEqual(new Set(['clock_wrong']))
    expect(told.some(({ from, to }) => from <= wrong.timeUs && wrong.timeUs <= to)).toBe(true)
    // Where the venue tells no time, the machine may have slept, and the gap begins when it would have fallen asleep.
    const missingMs = hasDate || aheadMs > 0 ? openedMs : openedMs + aheadMs
    expect(told.some(({ from, to }) => isNear(from, missingMs) && isNear(to, settledMs))).toBe(true)
    expect(told[0]!.evidence).toContain(`session ${wrong.session} from `)
    expect(told[0]!.evidence).toContain(aheadMs > 0 ? 's ahead of the clock' : 's behind the clock')
    expect([keeper.ends.get('clock_wrong'), clocks.steps, clocks.problem]).toEqual([1, { wall: 0, capture: 1 }, undefined])
  },
)

test.each([2 * hour, -2 * hour, -3_000, 3_000])(
  'keeps a session whose times are right when the clock is set wrong by %d ms, and says so until it is right',
  async stepMs => {
    const { clock, clocks, venue, live, gaps, trade } = await startAt(0)
    await live()
    await trade(1)
    clock.aheadMs = stepMs
    await eventually(() => expect(clocks.problem).toContain('it is the clock that is wrong'))
    expect(isNear((await trade(2)).timeUs, clock.rightMs)).toBe(true)
    expect(Math.abs(clocks.sessionDifferenceMs! - stepMs)).toBeLessThan(100)
    clock.aheadMs = 0
    await eventually(() => expect(clocks.problem).toBeUndefined())
    expect([venue.connections.length, clocks.steps]).toEqual([1, { wall: 1, capture: 0 }])
    expect(await gaps()).toEqual([])
  },
)

test('begins another session when the machine slept, and the gap is the time it slept', async () => {
  const { clock, venue, live, gaps, trade } = await startAt(0)
  await live()
  const before = await trade(1)
  const sleptMs = clock.rightMs
  clock.sleep(30 * minute)
  await eventually(() => expect(venue.connections).toHaveLength(2))
  await live()
  const after = await trade(2)
  expect(isNear(after.timeUs, clock.rightMs)).toBe(true)
  expect(before.timeUs).toBeLessThan(sleptMs * 1000)
  const told = await gaps()
  expect(told).toMatchObject([{ reason: 'clock_wrong', evidence: expect.stringContaining('or the machine slept') }])
  expect(isNear(told[0]!.from, sleptMs) && isNear(told[0]!.to, clock.rightMs)).toBe(true)
})

test('a clock that stays wrong is found out as soon as the venue tells the time', async () => {
  const { clock, clocks, venueHas, keeper, live, gaps } = await startAt(2 * hour, { hasDate: false })
  await live()
  venueHas.date = true
  await eventually(() => expect(clocks.problem).toContain('the venue says'))
  await eventually(() => expect(keeper.state).toBe('waiting'))
  clock.aheadMs = 0
  await live()
  expect((await gaps()).map(({ reason }) => reason)).toContain('clock_wrong')
})

test('the next session waits for a right clock when one ended while the clock was wrong, and that is two gaps', async () => {
  const { clock, clocks, venue, live, gaps, trade } = await startAt(0)
  await live()
  await trade(1)
  clock.aheadMs = at2099
  venue.connection.terminate()
  await eventually(() => expect(clocks.problem).toContain('the venue says'))
  clock.aheadMs = 0
  await live()
  const [before, wrong] = await gaps()
  expect([before, wrong]).toMatchObject([{ reason: 'disconnected' }, { reason: 'clock_wrong', from: before!.to }])
  expect(isNear(before!.from, clock.rightMs, 5_000) && isNear(wrong!.to, clock.rightMs)).toBe(true)
})

test('stops at once while it waits for a right clock', async () => {
  const { clocks, stop, running } = await startAt(2 * hour)
  await eventually(() => expect(clocks.problem).toBeDefined())
  stop()
  await running
})
