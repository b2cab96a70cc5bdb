import {
  dateAfter,
  dateAt,
  icalendar,
  koreanTime,
  loadCalendar,
  type MarketPhase,
  type TradingCalendar,
  type TradingVenue,
  tradingVenues,
} from '@tickhouse/calendar'
import { UsageError } from '@tickhouse/runtime'
import { Command, Option } from 'commander'
import { koreanDate } from '../arguments.ts'
import { print, printExactly, printLines } from '../output.ts'

interface Options {
  readonly date?: string
  readonly from?: string
  readonly to?: string
  readonly venue?: TradingVenue
  readonly format: 'table' | 'json' | 'ical'
  readonly isOpen?: true
  readonly nextOpen?: true
}

/** A day or a phase as it is printed. */
interface Line {
  readonly date: string
  readonly state: string
  readonly venue: string | null
  readonly phase: string | null
  readonly kind: string | null
  readonly from: string | null
  readonly to: string | null
  readonly note: string | null
}

const help = `
Dates and times are Korean. Holidays are those of the official gazette; a date beyond the years that are known is \`unknown\`.
TRADING_CALENDAR_FILE names a JSON file that adds days and hours or takes them back, each with its reason:
  {"days":[{"date":"2027-11-18","kind":"csat","reason":"college entrance exam"}],
   "hours":[{"venue":"KRX","phase":"pre_market","kind":"continuous","from":"07:00","to":"08:00","validFrom":"2027-01-04","reason":"announced"}]}

Examples:
  tickhouse calendar
  tickhouse calendar --date 2026-11-19 --venue KRX
  tickhouse calendar --from 2026-12-01 --to 2026-12-31 --format ical > december.ics
  tickhouse calendar --is-open && start-trading

Exit codes of --is-open and --next-open: 0 open, or there is a next opening; 1 closed, or it is not known; 3 nobody knows whether it is open.`

/** `tickhouse calendar`: trading days and hours of KRX and NXT. */
export function calendar(): Command {
  return new Command('calendar')
    .description('Show trading days and hours of KRX and NXT, and whether they are open now')
    .option('--date <date>', 'this date: 2026-11-25, today or yesterday (default: today)', koreanDate)
    .option('--from <date>', 'from this date on', koreanDate)
    .option('--to <date>', 'up to this date', koreanDate)
    .addOption(new Option('--venue <venue>', 'only this venue').choices(tradingVenues))
    .addOption(new Option('--format <format>', 'how to print').choices(['table', 'json', 'ical']).default('table'))
    .option('--is-open', 'print only the current phase; the exit code tells scripts whether it is open')
    .option('--next-open', 'print when trading begins or resumes')
    .addHelpText('after', help)
    .action((options: Options) => show(options, loadCalendar(process.env), Date.now() * 1000))
}

function show(options: Options, known: TradingCalendar, nowUs: number): void {
  const venues = options.venue === undefined ? tradingVenues : [options.venue]
  if (options.isOpen) showNow(known, venues, nowUs)
  else if (options.nextOpen) showNext(known, venues, nowUs)
  else showDays(known, datesOf(options, nowUs), venues, options.format)
}

function showDays(known: TradingCalendar, dates: readonly string[], venues: readonly TradingVenue[], format: Options['format']): void {
  if (format === 'ical') printExactly(icalendar(dates.flatMap(day => phasesOf(known, day, venues))))
  else
    print(
      dates.flatMap(day => linesOf(known, day, venues)),
      ['date', 'state', 'venue', 'phase', 'kind', 'from', 'to', 'note'],
      format,
    )
}

function showNow(known: TradingCalendar, venues: readonly TradingVenue[], nowUs: number): void {
  const phases = venues.flatMap(venue => known.phasesAt(nowUs, venue))
  const day = known.dayOf(dateAt(nowUs))
  const state = day.state === 'open' ? 'closed at this hour' : `${day.state}: ${day.reason}`
  printLines(phases.length > 0 ? phases.map(({ venue, phase }) => `${venue} ${phase}`) : [state])
  if (phases.some(({ isCertain }) => isCertain)) return
  process.exitCode = phases.length > 0 || day.state === 'unknown' ? 3 : 1
}

function showNext(known: TradingCalendar, venues: readonly TradingVenue[], nowUs: number): void {
  const next = known.nextOpening(nowUs, venues)
  printLines([next === undefined ? 'unknown' : `${shortTime(next.fromUs)} ${next.venue} ${next.phase}`])
  if (next === undefined) process.exitCode = 1
}

function linesOf(known: TradingCalendar, day: string, venues: readonly TradingVenue[]): Line[] {
  const { state, reason } = known.dayOf(day)
  const phases = phasesOf(known, day, venues)
  if (phases.length === 0) return [{ date: day, state, venue: null, phase: null, kind: null, from: null, to: null, note: reason }]
  return phases.map(({ venue, phase, kind, fromUs, toUs, isCertain }) => {
    const note = isCertain ? reason : 'hours of such a day are not published; these are the usual ones'
    return { date: day, state, venue, phase, kind, from: clock(fromUs), to: clock(toUs), note }
  })
}

function phasesOf(known: TradingCalendar, day: string, venues: readonly TradingVenue[]): MarketPhase[] {
  return venues.flatMap(venue => known.phasesOf(day, venue))
}

function datesOf({ date: one, from, to }: Options, nowUs: number): string[] {
  if (one !== undefined && (from !== undefined || to !== undefined)) throw new UsageError('Expected either --date, or --from and --to')
  const first = one ?? from ?? dateAt(nowUs)
  const last = one ?? to ?? first
  if (first > last) throw new UsageError(`Expected --from not to be after --to, was ${first} and ${last}`)
  const dates: string[] = []
  for (let day = first; day <= last; day = dateAfter(day)) dates.push(day)
  return dates
}

function clock(us: number): string {
  return koreanTime(us).slice(11, 19)
}

function shortTime(us: number): string {
  return `${koreanTime(us).slice(0, 19)}+09:00`
}
