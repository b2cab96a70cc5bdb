import { type CalendarChanges, noChanges } from './changes.ts'
import { closureOf, examDays, isKnown, knownYears } from './closures.ts'
import { type DayKind, type Hours, knownHours, notHeld, type PhaseKind, type TradingVenue, tradingVenues } from './hours.ts'
import { dateAfter, dateAt, type KoreanDate, momentOf } from './korean-time.ts'

/** What a date is for the market; `unknown` beyond the years whose holidays are known. */
export interface TradingDay {
  readonly date: KoreanDate
  readonly state: 'open' | 'closed' | 'unknown'
  /** Whose hours it has; null unless it is open. */
  readonly kind: DayKind | null
  /** Why it is closed, unknown, or not as usual, in words; null for a usual trading day. */
  readonly reason: string | null
}

/** A stretch of a day in which a venue makes prices in one way. */
export interface MarketPhase {
  readonly venue: TradingVenue
  readonly phase: string
  readonly kind: PhaseKind
  /** µs since the epoch; `toUs` is not included. */
  readonly fromUs: number
  readonly toUs: number
  /** False where nobody has published the hours of such a day: those of a regular day are given, which may be wrong. */
  readonly isCertain: boolean
}

/** How many days ahead the calendar looks for the next opening. */
const lookAheadDays = 400

/** Trading days and hours of Korean equities, by Korean dates, with what an operator knows better. */
export class TradingCalendar {
  readonly #days: ReadonlyMap<KoreanDate, CalendarChanges['days'][number]>
  readonly #hours: readonly Hours[]

  constructor({ days, hours }: CalendarChanges = noChanges) {
    this.#days = new Map(days.map(day => [day.date, day]))
    this.#hours = [...hours, ...knownHours]
  }

  /** What a date is; both venues trade on the same days. */
  dayOf(date: KoreanDate): TradingDay {
    const change = this.#days.get(date)
    if (change !== undefined) return change.kind === 'closed' ? closed(date, change.reason) : open(date, change.kind, change.reason)
    const closure = closureOf(date)
    if (closure === 'weekend') return closed(date, closure)
    if (!isKnown(date))
      return { date, state: 'unknown', kind: null, reason: `holidays are known from ${knownYears.first} to ${knownYears.last}` }
    if (closure !== undefined) return closed(date, closure)
    if (examDays.includes(date)) return open(date, 'csat', 'college entrance exam')
    return this.#isFirstOfYear(date) ? open(date, 'first', 'first trading day of the year') : open(date, 'regular', null)
  }

  /** What a venue does on a date, in the order of time; phases may overlap. None on a day that is closed or unknown. */
  phasesOf(date: KoreanDate, venue: TradingVenue): MarketPhase[] {
    const { kind } = this.dayOf(date)
    if (kind === null) return []
    const own = this.#hoursOf(date, venue, kind)
    const usual = kind === 'regular' ? [] : this.#unpublished(date, venue, kind, own)
    const phases = [...own.map(hours => phaseOf(date, hours, true)), ...usual.map(hours => phaseOf(date, hours, false))]
    return phases.sort((a, b) => a.fromUs - b.fromUs || a.toUs - b.toUs)
  }

  /** What a venue does at a moment: several phases where they overlap, none while it is closed. */
  phasesAt(us: number, venue: TradingVenue): MarketPhase[] {
    return this.phasesOf(dateAt(us), venue).filter(({ fromUs, toUs }) => us >= fromUs && us < toUs)
  }

  /** The first moment at or after this one at which one of the venues is in a phase; undefined when the next days are unknown. */
  nextOpening(us: number, venues: readonly TradingVenue[] = tradingVenues): MarketPhase | undefined {
    for (let date = dateAt(us), days = 0; days < lookAheadDays; date = dateAfter(date), days++) {
      if (this.dayOf(date).state === 'unknown') return undefined
      const phases = venues.flatMap(venue => this.phasesOf(date, venue)).filter(({ toUs }) => toUs > us)
      const [first] = phases.sort((a, b) => a.fromUs - b.fromUs)
      if (first !== undefined) return first
    }
    return undefined
  }

  #isFirstOfYear(date: KoreanDate): boolean {
    const year = date.slice(0, 4)
    for (let earlier = dateAfter(date, -1); earlier.startsWith(year); earlier = dateAfter(earlier, -1)) {
      const change = this.#days.get(earlier)
      if (change === undefined ? closureOf(earlier) === undefined : change.kind !== 'closed') return false
    }
    return true
  }

  /** For each phase the row that counts: those of an operator come first. */
  #hoursOf(date: KoreanDate, venue: TradingVenue, day: DayKind): Hours[] {
    const rows = this.#hours.filter(hours => hours.venue === venue && hours.day === day && holdsOn(date, hours))
    return rows.filter((row, index) => rows.findIndex(({ phase }) => phase === row.phase) === index)
  }

  /** What a regular day has besides; where that runs into what is known of this one, it begins after it or is left out. */
  #unpublished(date: KoreanDate, venue: TradingVenue, day: DayKind, own: readonly Hours[]): Hours[] {
    const listed = new Set([...own, ...notHeld.filter(row => row.venue === venue && row.day === day)].map(({ phase }) => phase))
    const rest = this.#hoursOf(date, venue, 'regular').filter(({ phase }) => !listed.has(phase))
    const delayed = rest.map(row => ({
      ...row,
      from: own.reduce((from, other) => (from < other.to && other.from < row.to ? other.to : from), row.from),
    }))
    return delayed.filter(({ from, to }) => from < to)
  }
}

function holdsOn(date: KoreanDate, { validFrom = '', validTo = '9999-12-31' }: Hours): boolean {
  return date >= validFrom && date <= validTo
}

function phaseOf(date: KoreanDate, { venue, phase, kind, from, to }: Hours, isCertain: boolean): MarketPhase {
  return { venue, phase, kind, fromUs: momentOf(date, from), toUs: momentOf(date, to), isCertain }
}

function closed(date: KoreanDate, reason: string): TradingDay {
  return { date, state: 'closed', kind: null, reason }
}

function open(date: KoreanDate, kind: DayKind, reason: string | null): TradingDay {
  return { date, state: 'open', kind, reason }
}
