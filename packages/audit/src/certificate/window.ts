import { dayOf, type Interval, koreanTime, readClock, type TradingCalendar, tradingVenues } from '@tickhouse/calendar'
import type { SessionCounts } from '../verify/journal-counts.ts'

/** The hours of a date that have to be covered. */
export interface Window extends Interval {
  /** As people name it: `08:00-20:00` or `all`. */
  readonly name: string
}

/** The hours in which KRX or NXT trade on a regular day. */
export const tradingHours = '08:00-20:00'

/** The window that a date has by the calendar: from the first phase of any venue to the last; the hours of a regular day where it has none. */
export function windowBy(calendar: TradingCalendar, date: string): Window {
  const phases = tradingVenues.flatMap(venue => calendar.phasesOf(date, venue))
  if (phases.length === 0) return readWindow(tradingHours, date)!
  const [fromUs, toUs] = [Math.min(...phases.map(phase => phase.fromUs)), Math.max(...phases.map(phase => phase.toUs))]
  return { name: `${clock(fromUs)}-${clock(toUs)}`, fromUs, toUs }
}

/** The window of a date that `08:00-20:00` or `all` names, Korean time; undefined for anything else. */
export function readWindow(name: string, date: string): Window | undefined {
  const day = dayOf(date)
  if (name === 'all') return { name, ...day }
  const [from, to, ...more] = name.split('-').map(readClock)
  if (from === undefined || to === undefined || from >= to || more.length > 0) return undefined
  return { name, fromUs: day.fromUs + from, toUs: day.fromUs + to }
}

function clock(us: number): string {
  return koreanTime(us).slice(11, 19).replace(/:00$/, '')
}

/** What tells whether a window can be judged. */
export interface Course {
  readonly window: Window
  readonly checkedAtUs: number
  readonly sessions: readonly SessionCounts[]
}

/**
 * The collector gives up a connection that was silent for this long, and the gap reaches back to the last message. Longer than the default of KIWOOM_SILENCE.
 */
const silenceUs = 60_000_000

/** What must happen before the window can be judged. A session that goes on does not matter once it is known to have lived beyond the end of the window. */
export function unfinishedOf({ window, checkedAtUs, sessions }: Course): string[] {
  if (checkedAtUs < window.toUs) return [`the window ends at ${koreanTime(window.toUs)}`]
  return sessions
    .filter(session => session.open && livedToUs(session) < window.toUs)
    .map(
      ({ session, openedAtUs, endedAtUs }) =>
        `session ${session}, open since ${koreanTime(openedAtUs)}, is not closed, and that it lived when the window ended is not known yet: ` +
        `its journal ends at ${koreanTime(endedAtUs)}`,
    )
}

/** Until when nothing that was sent can have gone unheard: the last frame shows it, and so does going on for long enough. */
function livedToUs({ heardAtUs, endedAtUs }: SessionCounts): number {
  return Math.max(heardAtUs, endedAtUs - silenceUs)
}
