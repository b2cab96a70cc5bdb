import { createHash } from 'node:crypto'
import { dateAfter, dateAt, dayOf, type Interval, isDate, koreanTime, type TradingCalendar, tradingVenues } from '@tickhouse/calendar'
import { sessionIdAfter } from '@tickhouse/journal'
import { UsageError, version } from '@tickhouse/runtime'

/** What a sample day consists of, but for its date. */
export interface DayShape {
  /** How many stocks trade. */
  readonly symbols: number
  /** About how many records it has. */
  readonly records: number
  readonly seed: number
  /** Whether the connection is lost once and the venue leaves out some trades. */
  readonly isDegraded: boolean
}

/** What a sample day has unless told otherwise. */
export const usualShape: DayShape = { symbols: 30, records: 2_000_000, seed: 1, isDegraded: false }

/** A sample day: the same one has the same bytes, those of its session ids included. */
export interface SampleDay extends DayShape {
  readonly date: string
}

/** A session of a sample day. */
export interface SampleDaySession extends Interval {
  readonly session: string
}

/** Who captured a sample day, as its sessions say. */
export const sampleCollector = 'sample-day'

const minuteUs = 60_000_000
/** The collector is there before the first venue opens and until after the last one has closed. */
const marginUs = 30 * minuteUs
/** When the connection of a degraded day is lost, after that day's first moment. */
const lost = { fromUs: (10 * 60 + 17) * minuteUs, toUs: (10 * 60 + 18.5) * minuteUs }
/** Until a day is stored and compared, Kafka must not delete the first of it. */
const storedWithinMs = 3 * 3_600_000

/** From before the first phase of a date until after the last one; undefined on a date without market. */
export function hoursOf(calendar: TradingCalendar, date: string): Interval | undefined {
  const phases = tradingVenues.flatMap(venue => calendar.phasesOf(date, venue))
  if (phases.length === 0) return undefined
  return {
    fromUs: Math.min(...phases.map(({ fromUs }) => fromUs)) - marginUs,
    toUs: Math.max(...phases.map(({ toUs }) => toUs)) + marginUs,
  }
}

/** The sessions of a sample day. Their ids follow from all that the day consists of, and from the release, which may make another market of it. */
export function sessionsOf(day: SampleDay, hours: Interval): readonly SampleDaySession[] {
  const { date, symbols, records, seed, isDegraded } = day
  const hash = createHash('sha256')
    .update(JSON.stringify([date, symbols, records, seed, isDegraded, version]))
    .digest()
  const fromUs = hours.fromUs + (hash.readUInt32LE(0) % 1000) * 1000
  const idAt = (previous: string | undefined, us: number) => sessionIdAfter(previous, us / 1000, limit => hash.readUInt32LE(4) % limit)
  const first = idAt(undefined, fromUs)
  if (!isDegraded) return [{ session: first, fromUs, toUs: hours.toUs }]
  const [lostUs, backUs] = [dayOf(date).fromUs + lost.fromUs, dayOf(date).fromUs + lost.toUs]
  return [
    { session: first, fromUs, toUs: lostUs },
    { session: idAt(first, backUs), fromUs: backUs, toUs: hours.toUs },
  ]
}

/** What decides whether a date serves. */
export interface DateDeps {
  readonly calendar: TradingCalendar
  readonly nowUs: number
  /** How long the topics keep records, ms; Infinity for ever. */
  readonly retentionMs: number
}

/** The usual trading days that are over and whose records Kafka keeps for long enough, the latest first. */
export function servingDates(deps: DateDeps): string[] {
  const today = dateAt(deps.nowUs)
  const dates = Array.from({ length: 31 }, (_, days) => dateAfter(today, -days))
  return dates.filter(date => deps.calendar.dayOf(date).kind === 'regular' && objectionTo(date, deps) === undefined)
}

/** Throws UsageError for a date that cannot be a sample day, with those that can. */
export function requireServing(date: string, deps: DateDeps): void {
  const objection = objectionTo(date, deps)
  if (objection !== undefined) throw new UsageError(`${objection} ${whatServes(servingDates(deps), deps.retentionMs)}`)
}

/** Which dates serve, in a sentence. */
export function whatServes(dates: readonly string[], retentionMs: number): string {
  const keeping = `With --keep-records, Kafka keeps records for ever (now ${daysText(retentionMs)}), and older dates serve.`
  return dates.length === 0
    ? `No trading day that is over is recent enough. ${keeping}`
    : `These dates serve: ${dates.join(', ')}. Without --date the latest that is free is taken. ${keeping}`
}

function objectionTo(date: string, { calendar, nowUs, retentionMs }: DateDeps): string | undefined {
  if (!isDate(date)) return `Expected a date such as 2026-11-25, was "${date}".`
  const { reason } = calendar.dayOf(date)
  const hours = hoursOf(calendar, date)
  if (hours === undefined) return `Expected a trading day, ${date} is none (${reason}).`
  if (nowUs < hours.toUs) return `Expected a day that is over, ${date} lasts until ${koreanTime(hours.toUs).slice(0, 16)} Korean time.`
  if (hours.fromUs / 1000 - storedWithinMs < nowUs / 1000 - retentionMs)
    return `Kafka keeps records for ${daysText(retentionMs)} and would delete those of ${date} before they are stored and compared.`
  return undefined
}

function daysText(ms: number): string {
  return ms === Number.POSITIVE_INFINITY ? 'ever' : `${Math.round((ms / 86_400_000) * 10) / 10} days`
}
