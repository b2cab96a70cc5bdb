import type { MarketPhase, TradingCalendar } from './calendar.ts'
import type { PhaseKind, TradingVenue } from './hours.ts'
import { dateAfter, type KoreanDate, momentOf } from './korean-time.ts'

/** The venues as rows name them: `SOR` for the combined item, which trades wherever one of the others does. */
export const rowVenues = ['KRX', 'NXT', 'SOR'] as const
export type RowVenue = (typeof rowVenues)[number]

/** What a venue is in from a moment on, until its next change. */
export interface PhaseChange {
  /** µs since the epoch. */
  readonly us: number
  readonly venue: RowVenue
  /** The name of a phase; `closed` between phases, `unknown` from the first moment of a day that nobody knows of. */
  readonly phase: string
  /** Null while it is closed or unknown. */
  readonly kind: PhaseKind | null
  /** False where the hours of such a day are not published and those of a regular day are given. */
  readonly isCertain: boolean
}

const sources: Readonly<Record<RowVenue, readonly TradingVenue[]>> = { KRX: ['KRX'], NXT: ['NXT'], SOR: ['KRX', 'NXT'] }
/** Where phases overlap, the one that makes prices counts: price by price before one price at the end before the closing price. */
const ranks: readonly PhaseKind[] = ['continuous', 'auction', 'fixed_price']

/** Every change of phase from the first date to the last, by venue in the order of time; what holds at the first moment of the first date comes first. */
export function phaseChanges(calendar: TradingCalendar, first: KoreanDate, last: KoreanDate): PhaseChange[] {
  return rowVenues.flatMap(venue => {
    const changes: PhaseChange[] = []
    for (let date = first; date <= last; date = dateAfter(date))
      for (const change of changesOn(calendar, date, venue)) if (!isSame(changes.at(-1), change)) changes.push(change)
    return changes
  })
}

function changesOn(calendar: TradingCalendar, date: KoreanDate, venue: RowVenue): PhaseChange[] {
  const startUs = momentOf(date, '00:00')
  const still = { venue, kind: null, isCertain: true } as const
  if (calendar.dayOf(date).state === 'unknown') return [{ ...still, us: startUs, phase: 'unknown' }]
  const phases = sources[venue].flatMap(each => calendar.phasesOf(date, each))
  const moments = [...new Set([startUs, ...phases.flatMap(({ fromUs, toUs }) => [fromUs, toUs])])].sort((a, b) => a - b)
  return moments.map(us => {
    const leading = leadingAt(phases, us)
    return leading === undefined ? { ...still, us, phase: 'closed' } : { ...leading, us, venue }
  })
}

function leadingAt(phases: readonly MarketPhase[], us: number): Pick<PhaseChange, 'phase' | 'kind' | 'isCertain'> | undefined {
  const now = phases.filter(({ fromUs, toUs }) => us >= fromUs && us < toUs)
  const [first] = now.sort((a, b) => ranks.indexOf(a.kind) - ranks.indexOf(b.kind))
  return first && { phase: first.phase, kind: first.kind, isCertain: first.isCertain }
}

function isSame(before: PhaseChange | undefined, { phase, isCertain }: PhaseChange): boolean {
  return before?.phase === phase && before.isCertain === isCertain
}
