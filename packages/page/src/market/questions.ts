import { isDate } from '@tickhouse/calendar'
import { TickhouseError } from '@tickhouse/runtime'
import { type ChartVenue, chartVenues } from './answers.ts'

/** How long the bars of a chart last, from which view they come, and how much of the past is shown with a date. */
export interface BarInterval {
  /** As QuestDB spells it. */
  readonly name: string
  readonly seconds: number
  readonly view: 'ohlcv_1s' | 'ohlcv_1m' | 'ohlcv_1d'
  /** Days up to the date, the date included. */
  readonly days: number
}

/** The intervals of a chart, the shortest first. */
export const barIntervals: readonly BarInterval[] = [
  { name: '1s', seconds: 1, view: 'ohlcv_1s', days: 1 },
  { name: '5s', seconds: 5, view: 'ohlcv_1s', days: 1 },
  { name: '15s', seconds: 15, view: 'ohlcv_1s', days: 1 },
  { name: '1m', seconds: 60, view: 'ohlcv_1m', days: 1 },
  { name: '5m', seconds: 300, view: 'ohlcv_1m', days: 1 },
  { name: '15m', seconds: 900, view: 'ohlcv_1m', days: 7 },
  { name: '1h', seconds: 3_600, view: 'ohlcv_1m', days: 30 },
  { name: '1d', seconds: 86_400, view: 'ohlcv_1d', days: 731 },
]

/** Which bars are wanted; what was left out is chosen by what there is. */
export interface ChartQuestion {
  readonly symbol: string | undefined
  readonly venue: ChartVenue
  readonly interval: BarInterval
  readonly date: string | undefined
  /** Only bars that begin then or later, µs since the epoch. */
  readonly sinceUs: number | undefined
}

/** Of which moment the book and the last trades are wanted. */
export interface MomentQuestion {
  readonly symbol: string
  readonly venue: ChartVenue
  readonly date: string
  /** The last moment that counts, µs since the epoch; left out for the end of the date. */
  readonly atUs: number | undefined
}

const maxSearchLength = 80
const farthestUs = Date.UTC(2200, 0) * 1000

/** Reads what a browser asks of a chart. Throws MARKET_QUESTION_INVALID. */
export function readChartQuestion(params: URLSearchParams): ChartQuestion {
  const names = barIntervals.map(({ name }) => name)
  const interval = given(params, 'interval', '1m', word => names.includes(word), `one of ${names.join(', ')}`)
  return {
    symbol: params.has('symbol') ? readSymbol(params) : undefined,
    venue: readVenue(params),
    interval: barIntervals.find(({ name }) => name === interval)!,
    date: params.has('date') ? readDate(params) : undefined,
    sinceUs: readMoment(params, 'since'),
  }
}

/** Reads which moment a browser asks for. Throws MARKET_QUESTION_INVALID. */
export function readMomentQuestion(params: URLSearchParams): MomentQuestion {
  return { symbol: readSymbol(params), venue: readVenue(params), date: readDate(params), atUs: readMoment(params, 'at') }
}

/** What is searched for, without what surrounds it. */
export function readSearch(params: URLSearchParams): string {
  return (params.get('search') ?? '').slice(0, maxSearchLength).normalize('NFC').trim()
}

/** The bare code of a stock, an ETF, an ELW, a sector or gold. */
export function isSymbol(text: string): boolean {
  return /^[0-9A-Z]{1,12}$/.test(text)
}

function readSymbol(params: URLSearchParams): string {
  return given(params, 'symbol', '', isSymbol, 'a code such as 005930')
}

function readVenue(params: URLSearchParams): ChartVenue {
  const isVenue = (word: string) => (chartVenues as readonly string[]).includes(word)
  return given(params, 'venue', 'consolidated', isVenue, `one of ${chartVenues.join(', ')}`) as ChartVenue
}

function readDate(params: URLSearchParams): string {
  return given(params, 'date', '', isDate, 'a date such as 2026-11-27')
}

function readMoment(params: URLSearchParams, name: string): number | undefined {
  if (!params.has(name)) return undefined
  const isMoment = (word: string) => /^\d{1,17}$/.test(word) && Number(word) < farthestUs
  return Number(given(params, name, '', isMoment, 'microseconds since 1970'))
}

function given(params: URLSearchParams, name: string, otherwise: string, isRight: (word: string) => boolean, expected: string): string {
  const word = params.get(name) ?? otherwise
  if (!isRight(word)) throw new TickhouseError('MARKET_QUESTION_INVALID', `Expected ${name} to be ${expected}, was "${word.slice(0, 40)}"`)
  return word
}
