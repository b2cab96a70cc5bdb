import { type KoreanDate, type MarketPhase, TradingCalendar, type TradingVenue } from '@tickhouse/calendar'
import { busyness } from './day-shape.ts'
import { Market } from './market.ts'
import { Random } from './random.ts'
import type { Pair } from './source.ts'

/** What `simulatedDay` plays. */
export interface DayOptions {
  readonly date: KoreanDate
  readonly pairs: readonly Pair[]
  readonly seed: number
  /** About how many frames the day has. */
  readonly records: number
  readonly calendar?: TradingCalendar
}

/** A frame of a simulated day; `pair` is what it was registered as, null where everyone gets it. */
export interface DayFrame {
  /** When it would have been captured, µs since the epoch; each later than the one before. */
  readonly timeUs: number
  readonly pair: Pair | null
  /** As the venue sends it. */
  readonly bytes: Buffer
}

const stepUs = 10_000_000

/** Plays one Korean trading day by the calendar: the same options give the same bytes. Nothing on a day that is closed or unknown. */
export function* simulatedDay({ date, pairs, seed, records, calendar = new TradingCalendar() }: DayOptions): Generator<DayFrame, void> {
  const phases = venuesOf(pairs).flatMap(venue => calendar.phasesOf(date, venue))
  if (phases.length === 0) return
  const random = new Random(`${seed} day ${date}`)
  const market = new Market(seed, { hours: 'calendar', calendar })
  market.register(pairs)
  let lastUs = 0
  let surplus = 0
  function* eventAt(us: number): Generator<DayFrame, void> {
    let frame = market.next(us / 1_000)
    for (; frame !== null; frame = market.hasMore ? market.next(us / 1_000) : null) {
      lastUs = Math.max(us + random.integer(12_000, 45_000), lastUs + random.integer(20, 200))
      surplus++
      yield { timeUs: lastUs, pair: frame.pair, bytes: frame.bytes }
    }
  }
  market.next(Math.min(...phases.map(({ fromUs }) => fromUs)) / 1_000 - 1_000)
  for (const us of momentsOf(phases, records, random)) {
    while (market.nextChangeMs * 1_000 <= us) yield* eventAt(Math.ceil(market.nextChangeMs) * 1_000)
    if (--surplus < 0) yield* eventAt(us)
    surplus = Math.max(surplus, -1)
  }
  const endMs = Math.max(...phases.map(({ toUs }) => toUs)) / 1_000 + 60_000
  while (market.nextChangeMs <= endMs) yield* eventAt(Math.ceil(market.nextChangeMs) * 1_000)
}

/** Where the pairs trade: everything but items of NXT alone trades at KRX. */
function venuesOf(pairs: readonly Pair[]): TradingVenue[] {
  const [isKrx, isNxt] = [pairs.some(({ item }) => !item.endsWith('_NX')), pairs.some(({ item }) => /_(NX|AL)$/.test(item))]
  return [...(isKrx ? (['KRX'] as const) : []), ...(isNxt ? (['NXT'] as const) : [])]
}

/** So many moments, µs, as dense as the phases are busy. */
function* momentsOf(phases: readonly MarketPhase[], count: number, random: Random): Generator<number, void> {
  const [startUs, endUs] = [Math.min(...phases.map(({ fromUs }) => fromUs)), Math.max(...phases.map(({ toUs }) => toUs))]
  const densityAt = (us: number) => phases.reduce((sum, phase) => sum + busyness(phase, us), 0)
  let total = 0
  for (let us = startUs; us < endUs; us += stepUs) total += densityAt(us)
  let due = 0
  for (let us = startUs; us < endUs; us += stepUs) {
    due += (densityAt(us) / total) * count
    const here = Math.floor(due)
    due -= here
    for (let index = 0; index < here; index++) yield Math.floor(us + ((index + random.next()) / here) * stepUs)
  }
}
