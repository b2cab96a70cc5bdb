import { dateAt, type TradingCalendar, type TradingVenue, tradingVenues } from '@tickhouse/calendar'
import { readItem } from '@tickhouse/catalogue'
import type { RegistrationPlan } from '@tickhouse/kiwoom'

/** A phase of a venue, and 1 while it is in it, 0 while it is not. */
export type PhaseReading = readonly [{ readonly venue: TradingVenue; readonly phase: string }, 0 | 1]

/** The phases of the day of each venue that the items trade at; `closed` between them, `unknown` on a day of which the calendar knows nothing. */
export class MarketHours {
  readonly #calendar: TradingCalendar
  readonly #venues: readonly TradingVenue[]

  constructor(calendar: TradingCalendar, { requests }: Pick<RegistrationPlan, 'requests'>) {
    this.#calendar = calendar
    const registered = new Set(requests.flatMap(({ items }) => items.map(item => readItem(item)?.venue)))
    // A combined item trades wherever one of the venues does.
    this.#venues = tradingVenues.filter(venue => registered.has(venue) || registered.has('SOR'))
  }

  /** At a moment, µs since the epoch. */
  at(us: number): PhaseReading[] {
    return this.#venues.flatMap(venue => this.#readingsOf(venue, us))
  }

  #readingsOf(venue: TradingVenue, us: number): PhaseReading[] {
    const date = dateAt(us)
    const now = new Set(this.#calendar.phasesAt(us, venue).map(({ phase }) => phase))
    const isUnknown = this.#calendar.dayOf(date).state === 'unknown'
    if (now.size === 0) now.add(isUnknown ? 'unknown' : 'closed')
    const phases = new Set([...this.#calendar.phasesOf(date, venue).map(({ phase }) => phase), 'closed', 'unknown'])
    return [...phases].map(phase => [{ venue, phase }, now.has(phase) ? 1 : 0])
  }
}
