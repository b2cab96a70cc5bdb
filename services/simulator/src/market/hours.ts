import { dateAt, type MarketPhase, momentOf, type PhaseKind, type TradingCalendar, type TradingVenue } from '@tickhouse/calendar'
import { type MarketNotice, noticesOf } from './notices.ts'

/** What a venue is in. Times are seconds since the epoch. */
export interface TradingState {
  readonly phase: string
  readonly kind: PhaseKind | 'closed'
  readonly fromS: number
  readonly toS: number
}

/** FID 290: before the regular session, within it, after it. */
export type SessionCode = '1' | '2' | '3'

export function sessionCodeOf(phase: string): SessionCode {
  return phase.startsWith('pre_') ? '1' : phase.startsWith('after_') ? '3' : '2'
}

/** When the venues trade: always, or by the calendar. */
export interface SimulatedHours {
  readonly isAlways: boolean
  readonly states: Readonly<Record<TradingVenue, TradingState>>
  /** Whether orders at a closing price are taken now. */
  readonly hasFixedPrice: boolean
  /** When any of this changes, or something is announced; seconds since the epoch. */
  readonly nextChangeS: number
  /** Looks at the clock; tells what was announced since it last did. */
  moveTo(seconds: number): readonly MarketNotice[]
}

const open: TradingState = { phase: 'continuous', kind: 'continuous', fromS: Number.NEGATIVE_INFINITY, toS: Number.POSITIVE_INFINITY }

/** Both venues trade price by price, day and night. */
export const alwaysOpen: SimulatedHours = {
  isAlways: true,
  states: { KRX: open, NXT: open },
  hasFixedPrice: true,
  nextChangeS: Number.POSITIVE_INFINITY,
  moveTo: () => [],
}

const closed: TradingState = { phase: 'closed', kind: 'closed', fromS: 0, toS: 0 }
const ranks: readonly PhaseKind[] = ['continuous', 'auction', 'fixed_price']
/** Single prices after hours are made every ten minutes. */
const singlePriceS = 600

/** The hours of the calendar; where phases of a venue overlap, the one that makes prices counts. */
export class CalendarHours implements SimulatedHours {
  readonly isAlways = false
  states: Readonly<Record<TradingVenue, TradingState>> = { KRX: closed, NXT: closed }
  hasFixedPrice = false
  nextChangeS = Number.NEGATIVE_INFINITY
  readonly #calendar: TradingCalendar
  #date = ''
  #phases: Readonly<Record<TradingVenue, readonly TradingState[]>> = { KRX: [], NXT: [] }
  #notices: readonly MarketNotice[] = []
  #lastS = Number.POSITIVE_INFINITY

  constructor(calendar: TradingCalendar) {
    this.#calendar = calendar
  }

  moveTo(seconds: number): readonly MarketNotice[] {
    const date = dateAt(seconds * 1e6)
    if (date !== this.#date) this.#load(date)
    const due = this.#notices.filter(({ atS }) => atS > this.#lastS && atS <= seconds)
    this.#lastS = seconds
    const all = [...this.#phases.KRX, ...this.#phases.NXT]
    this.states = { KRX: leading(this.#phases.KRX, seconds), NXT: leading(this.#phases.NXT, seconds) }
    this.hasFixedPrice = all.some(({ kind, fromS, toS }) => kind === 'fixed_price' && seconds >= fromS && seconds < toS)
    const changes = [
      ...all.flatMap(({ fromS, toS }) => [fromS, toS]),
      ...this.#notices.map(({ atS }) => atS),
      momentOf(date, '24:00') / 1e6,
    ]
    this.nextChangeS = Math.min(...changes.filter(change => change > seconds))
    return due
  }

  #load(date: string): void {
    this.#date = date
    const [krx, nxt] = (['KRX', 'NXT'] as const).map(venue => this.#calendar.phasesOf(date, venue))
    this.#phases = { KRX: krx!.flatMap(stretches), NXT: nxt!.flatMap(stretches) }
    this.#notices = noticesOf([...krx!, ...nxt!])
  }
}

function stretches({ phase, kind, fromUs, toUs }: MarketPhase): TradingState[] {
  const [fromS, toS] = [fromUs / 1e6, toUs / 1e6]
  if (phase !== 'after_hours_single_price') return [{ phase, kind, fromS, toS }]
  return Array.from({ length: Math.ceil((toS - fromS) / singlePriceS) }, (_, index) => {
    const startS = fromS + index * singlePriceS
    return { phase, kind, fromS: startS, toS: Math.min(toS, startS + singlePriceS) }
  })
}

function leading(phases: readonly TradingState[], seconds: number): TradingState {
  const now = phases.filter(({ fromS, toS }) => seconds >= fromS && seconds < toS)
  return now.sort((a, b) => ranks.indexOf(a.kind as PhaseKind) - ranks.indexOf(b.kind as PhaseKind))[0] ?? closed
}
