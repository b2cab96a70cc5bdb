import { dateAt, type KoreanDate, type TradingCalendar } from '@tickhouse/calendar'
import { quoted, type RunQuery } from '@tickhouse/store'
import type { ChartVenue, MarketNote } from './answers.ts'

/** A date on which a symbol traded, and where. */
export interface TradedDay {
  readonly date: KoreanDate
  readonly venue: string
}

/** The dates of which there are bars of a symbol, the earliest first. */
export async function tradedDays(query: RunQuery, symbol: string, signal: AbortSignal): Promise<TradedDay[]> {
  const sql = `SELECT timestamp, venue FROM ohlcv_1d WHERE symbol = ${quoted(symbol)} ORDER BY timestamp`
  const rows = await query<{ timestamp: number; venue: string }>(sql, signal)
  return rows.map(({ timestamp, venue }) => ({ date: dateAt(timestamp), venue }))
}

/** The nearest dates with trades before and after a date; today follows the last one. */
export function neighbours(days: readonly TradedDay[], date: KoreanDate, today: KoreanDate) {
  const previous = days.findLast(day => day.date < date)?.date ?? null
  const next = days.find(day => day.date > date)?.date ?? (date < today ? today : null)
  return { previous, next }
}

/** What is known where a date has no bars. */
export interface EmptyDay {
  readonly symbol: string
  readonly venue: ChartVenue
  readonly date: KoreanDate
  readonly today: KoreanDate
  readonly days: readonly TradedDay[]
  /** The venues of which there are trades on that date all the same. */
  readonly tradedOn: readonly string[]
}

const weekday = new Intl.DateTimeFormat('en', { weekday: 'long', timeZone: 'UTC' })

/** Why a date shows nothing, and what to do. */
export function whyEmpty(empty: EmptyDay, calendar: TradingCalendar): MarketNote {
  const { symbol, venue, date } = empty
  const where = venue === 'consolidated' ? '' : ` on ${venue}`
  const { because, remedy } = reasonOf(empty, calendar)
  return { problem: `No trades of ${symbol}${where} on ${date}: ${because}.`, remedy: remedy ?? nearest(empty) }
}

interface Reason {
  readonly because: string
  readonly remedy?: string
}

function reasonOf({ symbol, venue, date, today, days, tradedOn }: EmptyDay, calendar: TradingCalendar): Reason {
  if (date > today) return { because: 'that date has not come yet' }
  const { state, reason } = calendar.dayOf(date)
  const weekdayOfDate = weekday.format(Date.parse(date))
  if (state === 'closed') return { because: reason === 'weekend' ? `a ${weekdayOfDate}` : `a holiday (${reason ?? 'no name'})` }
  const others = tradedOn.filter(each => each !== 'SOR')
  if (tradedOn.length > 0 && (venue === 'consolidated' ? others.length > 0 : others.includes(venue)))
    return { because: 'its bars are not made yet', remedy: 'QuestDB makes bars once a minute; this page looks again by itself.' }
  if (others.length > 0) return { because: `it traded on ${others.join(' and ')} only`, remedy: `Choose ${others[0]}.` }
  if (tradedOn.length > 0)
    return {
      because: 'only its combined item (SOR) was registered, which bars leave out',
      remedy: `The view trades_all has it. To capture each venue, register ${symbol} and ${symbol}_NX (KIWOOM_SYMBOLS).`,
    }
  if (date === today) return { because: 'none has come today so far', remedy: 'This page looks again by itself.' }
  if (days.length === 0) return { because: 'QuestDB holds none of this symbol', remedy: 'KIWOOM_SYMBOLS says which symbols are captured.' }
  return { because: `nothing of it is stored of this ${weekdayOfDate}` }
}

function nearest({ days, date, today }: EmptyDay): string {
  const { previous, next } = neighbours(days, date, today)
  const known = [...(previous === null ? [] : [`${previous} before it`]), ...(next === null ? [] : [`${next} after it`])]
  return known.length === 0 ? 'No other date has any.' : `The nearest dates to look at: ${known.join(', ')}.`
}
