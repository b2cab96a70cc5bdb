import { dateAfter, dateAt, dayOf, type KoreanDate, type TradingCalendar } from '@tickhouse/calendar'
import { messageOf, TickhouseError } from '@tickhouse/runtime'
import { isOfOneTable, quoted, type RunQuery, StoreError, timeLiteral } from '@tickhouse/store'
import type { ChartAnswer, MarketNote, SymbolsAnswer } from './answers.ts'
import { readBars } from './bars.ts'
import { neighbours, type TradedDay, tradedDays, whyEmpty } from './days.ts'
import { gated } from './gate.ts'
import { readMarks } from './marks.ts'
import { readMoment } from './moment.ts'
import { type ChartQuestion, readChartQuestion, readMomentQuestion, readSearch } from './questions.ts'
import { found, SymbolList } from './symbols.ts'

/** What the market is read from. */
export interface MarketDeps {
  readonly query: RunQuery
  readonly calendar: TradingCalendar
  /** Now, ms since the epoch. */
  readonly nowMs?: () => number
}

/** An answer in JSON. */
export interface MarketReply {
  readonly status: number
  readonly body: object
}

/** A chart waits no longer than somebody who looks at it; QuestDB answers four queries at once, of which the capture keeps most. */
const bounds = { maxAtOnce: 2, timeoutMs: 8_000 }
const noBars: MarketNote = {
  problem: 'QuestDB holds no bars yet.',
  remedy: 'They come within a minute after the first trade, with VIEWS=all. `npx tickhouse sample-day` stores a whole day to look at.',
}

/** Answers what the page asks about prices: from the views of QuestDB, one symbol and a few days at a time. */
export class MarketReader {
  readonly #query: RunQuery
  readonly #calendar: TradingCalendar
  readonly #nowMs: () => number
  readonly #symbols: SymbolList

  constructor({ query, calendar, nowMs = Date.now }: MarketDeps) {
    this.#query = gated(query, bounds)
    this.#calendar = calendar
    this.#nowMs = nowMs
    this.#symbols = new SymbolList(this.#query)
  }

  /** The answer to a path below /market/; undefined for another path. What is wrong is an answer, too. */
  async answer(path: string, params: URLSearchParams, signal: AbortSignal): Promise<MarketReply | undefined> {
    try {
      const body = await this.#answerTo(path, params, signal)
      return body && { status: 200, body }
    } catch (error) {
      signal.throwIfAborted()
      return refusalOf(error)
    }
  }

  async #answerTo(path: string, params: URLSearchParams, signal: AbortSignal): Promise<object | undefined> {
    if (path === '/market/chart.json') return await this.#chart(readChartQuestion(params), signal)
    if (path === '/market/moment.json') return await readMoment(this.#query, readMomentQuestion(params), this.#nowMs() * 1000, signal)
    if (path === '/market/symbols.json') return await this.#search(readSearch(params))
    return undefined
  }

  async #search(search: string): Promise<SymbolsAnswer> {
    const known = await this.#symbols.all()
    const symbols = found(known, search)
    if (symbols.length > 0) return { symbols, note: null }
    const none = { problem: `No symbol is called "${search}".`, remedy: 'Type the beginning of a code or a part of a name.' }
    return { symbols, note: known.length === 0 ? noBars : none }
  }

  async #chart(question: ChartQuestion, signal: AbortSignal): Promise<ChartAnswer> {
    const { interval, venue, sinceUs } = question
    const known = await this.#symbols.all()
    const symbol = question.symbol ?? known[0]?.symbol
    const today = dateAt(this.#nowMs() * 1000)
    const frame = { venue, interval: interval.name }
    if (symbol === undefined) return { ...frame, ...noChart, date: question.date ?? today, isToday: false, note: noBars }
    // Whoever has the chart already knows its neighbours.
    const days = sinceUs === undefined ? await tradedDays(this.#query, symbol, signal) : []
    const date = question.date ?? days.findLast(day => day.date <= today)?.date ?? today
    const shown = { fromUs: dayOf(dateAfter(date, 1 - interval.days)).fromUs, toUs: dayOf(date).toUs }
    const order = { symbol, venue, interval, fromUs: Math.max(shown.fromUs, sinceUs ?? 0), toUs: shown.toUs }
    const [bars, marks] = await Promise.all([
      readBars(this.#query, order, { fromUs: dayOf(date).fromUs, isToday: date === today }, signal),
      interval.name === '1d' ? [] : readMarks(this.#query, order, signal),
    ])
    const isEmpty = bars.at.length === 0 && sinceUs === undefined
    return {
      ...frame,
      symbol,
      name: known.find(each => each.symbol === symbol)?.name ?? null,
      date,
      isToday: date === today,
      ...neighbours(days, date, today),
      bars,
      marks,
      note: isEmpty ? await this.#whyEmpty({ symbol, venue, date, days }, today, signal) : null,
    }
  }

  async #whyEmpty(
    day: { symbol: string; venue: ChartAnswer['venue']; date: KoreanDate; days: readonly TradedDay[] },
    today: KoreanDate,
    signal: AbortSignal,
  ): Promise<MarketNote> {
    const { fromUs, toUs } = dayOf(day.date)
    const sql = `SELECT DISTINCT venue FROM trades_all WHERE symbol = ${quoted(day.symbol)} AND timestamp >= ${timeLiteral(fromUs)} AND timestamp < ${timeLiteral(toUs)}`
    const venues = await this.#query<{ venue: string }>(sql, signal)
    return whyEmpty({ ...day, today, tradedOn: venues.map(({ venue }) => venue).sort() }, this.#calendar)
  }
}

const noChart = {
  symbol: null,
  name: null,
  previous: null,
  next: null,
  bars: { at: [], open: [], high: [], low: [], close: [], volume: [] },
  marks: [],
} as const

/** What somebody reads where there is no answer. */
function refusalOf(error: unknown): MarketReply {
  const note = (problem: string, remedy: string) => ({ note: { problem, remedy } })
  if (error instanceof TickhouseError && error.code === 'MARKET_QUESTION_INVALID')
    return { status: 400, body: note(error.message, 'Mend the address of this page, or choose from what it offers.') }
  if (isOfOneTable(error))
    return { status: 503, body: note(`${messageOf(error)}.`, 'With VIEWS=all, `npx tickhouse tables apply` makes every view.') }
  if ((error as Error).name === 'TimeoutError')
    return {
      status: 503,
      body: note(`QuestDB did not answer within ${bounds.timeoutMs / 1000} s.`, 'It may be busy with other queries; this page asks again.'),
    }
  if (error instanceof StoreError)
    return { status: 503, body: note(`${messageOf(error)}.`, '`npx tickhouse doctor` says what is wrong; this page asks again.') }
  throw error
}
