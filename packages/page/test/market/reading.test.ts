import { momentOf, TradingCalendar } from '@tickhouse/calendar'
import { StoreError } from '@tickhouse/store'
import { expect, test } from 'vitest'
import { barsOf, barsQuery } from '../../src/market/bars.ts'
import { neighbours, whyEmpty } from '../../src/market/days.ts'
import { MarketReader } from '../../src/market/market-reader.ts'
import { concerns, gapMark, interruptionMark, phaseMarks } from '../../src/market/marks.ts'
import { bookOf } from '../../src/market/moment.ts'
import { barIntervals } from '../../src/market/questions.ts'
import { found, initialsOf, knownSymbols } from '../../src/market/symbols.ts'

const date = '2026-11-27'
const at = (clock: string) => momentOf(date, clock)
const day = { fromUs: at('00:00'), toUs: at('24:00') }
const order = { symbol: '005930', venue: 'KRX', ...day } as const
const intervalNamed = (name: string) => barIntervals.find(interval => interval.name === name)!

test('a past day is one query of the view that keeps its bars; the newest bars of today are made of trades', () => {
  const past = barsQuery({ ...order, interval: intervalNamed('5m') })
  expect(past).toContain("FROM ohlcv_1m WHERE symbol = '005930' AND venue = 'KRX' AND timestamp >= '2026-11-26T15:00:00.000000Z'")
  expect(past).not.toContain('trades')
  expect(barsQuery({ ...order, interval: intervalNamed('1m') })).toMatch(
    /^SELECT timestamp AS begins, open, high, low, close, volume FROM ohlcv_1m WHERE [^()]* ORDER BY begins$/,
  )
  const both = barsQuery({ ...order, venue: 'consolidated', interval: intervalNamed('1s'), keptToUs: at('10:00') })
  expect(both).toContain(
    "FROM ohlcv_1s_consolidated WHERE symbol = '005930' AND timestamp >= '2026-11-26T15:00:00.000000Z' AND timestamp < '2026-11-27T01:00:00.000000Z'",
  )
  expect(both).toContain("FROM trades WHERE symbol = '005930' AND timestamp >= '2026-11-27T01:00:00.000000Z'")
})

test('bars become columns, their times seconds', () => {
  const row = { begins: at('09:00'), open: 1, high: 4, low: 0.5, close: 2, volume: 30 }
  expect(barsOf([row])).toEqual({ at: [at('09:00') / 1e6], open: [1], high: [4], low: [0.5], close: [2], volume: [30] })
})

test('auctions and other phases last until the next change of their venue; continuous trading and pauses are not marked', () => {
  const row = (clock: string, venue: string, phase: string, kind: string | null) => ({ timestamp: at(clock), venue, phase, kind })
  const rows = [
    row('08:00', 'NXT', 'pre_market', 'continuous'),
    row('08:30', 'KRX', 'opening_auction', 'auction'),
    row('08:50', 'NXT', 'closed', null),
    row('09:00', 'KRX', 'continuous', 'continuous'),
    row('16:00', 'KRX', 'after_market', 'continuous'),
  ]
  const marked = phaseMarks(rows, day).map(({ kind, venue, title, fromMs, toMs }) => [kind, venue, title, fromMs * 1000, toMs * 1000])
  expect(marked).toEqual([
    ['phase', 'NXT', 'pre market', at('08:00'), at('08:50')],
    ['auction', 'KRX', 'opening auction', at('08:30'), at('09:00')],
    ['phase', 'KRX', 'after market', at('16:00'), at('24:00')],
  ])
})

test('an interruption whose end never came is drawn for the two minutes that it usually takes', () => {
  const row = {
    timestamp: at('10:00:01'),
    startedAt: at('10:00'),
    endedAt: null,
    kind: 'static',
    direction: 'up',
    price: 71_000,
    number: 2,
  }
  expect(interruptionMark(row, day)).toEqual({
    kind: 'interruption',
    venue: null,
    title: 'volatility interruption 2 up',
    detail: 'static, at 71,000 won, no end was sent',
    fromMs: at('10:00') / 1000,
    toMs: at('10:02') / 1000,
  })
})

const gap = {
  atUs: at('10:05'),
  fromUs: at('10:00'),
  toUs: at('10:01'),
  reason: 'disconnected',
  types: null,
  symbols: null,
  missing: 3,
}

test.each([
  [{}, true],
  [{ types: '0B,0D' }, true],
  [{ types: '0J' }, false],
  [{ symbols: '000660,005930' }, true],
  [{ symbols: '005930_NX' }, false],
  [{ symbols: '005930_AL' }, false],
  [{ fromUs: at('24:00') }, false],
  [{ fromUs: null, toUs: null }, true],
])('a gap with %j concerns a chart of KRX: %s', (more, is) => {
  expect(concerns({ ...gap, ...more }, order)).toBe(is)
})

test('a gap says its reason in words, and is no longer than what is shown', () => {
  expect(gapMark({ ...gap, fromUs: at('00:00') - 1e12 }, day)).toMatchObject({
    title: 'gap: disconnected',
    detail: 'the connection with the venue ended; 3 missing',
    fromMs: day.fromUs / 1000,
    toMs: at('10:01') / 1000,
  })
})

const books = [
  {
    timestamp: at('10:00'),
    venue: 'KRX',
    asks: [
      [101, 102, null],
      [5, 6, 0],
      [0, 0, 0],
    ],
    bids: [[100], [7], [0]],
  },
  { timestamp: at('10:01'), venue: 'NXT', asks: [[101], [2], [0]], bids: [[99], [4], [0]] },
]
const phase = (venue: string, clock: string, kind: string | null) => ({ venue, timestamp: at(clock), phase: kind ?? 'closed', kind })
const trading = [phase('KRX', '09:00', 'continuous'), phase('NXT', '09:00:30', 'continuous')]

test('both books together add up price by price, and say what is whose', () => {
  const { book } = bookOf(books, trading, 'consolidated')
  expect(book).toMatchObject({
    atMs: at('10:01') / 1000,
    spread: 1,
    asks: [
      { price: 101, size: 7, krx: 5, nxt: 2 },
      { price: 102, size: 6, krx: 6, nxt: 0 },
    ],
    bids: [
      { price: 100, size: 7, krx: 7, nxt: 0 },
      { price: 99, size: 4, krx: 0, nxt: 4 },
    ],
  })
})

test('a book from before the phase of its venue, or of an auction, does not count beside the other; alone it is shown', () => {
  const closing = [phase('KRX', '09:00', 'continuous'), phase('NXT', '10:02', null)]
  expect(bookOf(books, closing, 'consolidated').book?.bids).toEqual([{ price: 100, size: 7, krx: 7, nxt: 0 }])
  const none = bookOf(books, [phase('KRX', '15:20', 'auction'), phase('NXT', '15:20', null)], 'consolidated')
  expect(none).toEqual({ book: null, bookNote: 'No book counts now (KRX: auction, NXT: closed). Choose KRX or NXT to see its last one.' })
  expect(bookOf(books.slice(0, 1), [phase('KRX', '15:20', 'auction')], 'KRX').book?.spread).toBe(1)
})

test('once both venues have closed, the books that counted last are shown with the word that they are closed', () => {
  const closed = [phase('KRX', '20:00', null), phase('NXT', '20:00', null)]
  const { book, bookNote } = bookOf(books, closed, 'consolidated', trading)
  expect(bookNote).toBeNull()
  expect(book).toMatchObject({ spread: 1, phases: ['KRX: closed', 'NXT: closed'] })
})

const days = [
  { date: '2026-11-25', venue: 'KRX' },
  { date: '2026-11-27', venue: 'KRX' },
]
const nothing = { symbol: '005930', venue: 'consolidated', date: '2026-11-26', today: '2026-11-30', days, tradedOn: [] } as const

test.each([
  [{ date: '2026-11-29' }, 'No trades of 005930 on 2026-11-29: a Sunday.', '2026-11-27 before it, 2026-11-30 after it'],
  [{ date: '2026-12-25' }, 'No trades of 005930 on 2026-12-25: that date has not come yet.', '2026-11-27 before it'],
  [{ date: '2026-12-25', today: '2026-12-30' }, 'No trades of 005930 on 2026-12-25: a holiday (', '2026-11-27 before it'],
  [{}, 'No trades of 005930 on 2026-11-26: nothing of it is stored of this Thursday.', '2026-11-25 before it, 2026-11-27 after it'],
  [{ days: [] }, 'No trades of 005930 on 2026-11-26: QuestDB holds none of this symbol.', 'KIWOOM_SYMBOLS'],
  [{ venue: 'NXT', tradedOn: ['KRX'] }, 'No trades of 005930 on NXT on 2026-11-26: it traded on KRX only.', 'Choose KRX.'],
  [{ tradedOn: ['SOR'] }, 'only its combined item (SOR) was registered', 'trades_all'],
  [{ tradedOn: ['KRX', 'SOR'] }, 'its bars are not made yet', 'once a minute'],
  [{ date: '2026-11-30' }, 'none has come today so far', 'looks again'],
] as const)('an empty day with %j says why and what to do', (more, problem, remedy) => {
  const note = whyEmpty({ ...nothing, ...more }, new TradingCalendar())
  expect(note.problem).toContain(problem)
  expect(note.remedy).toContain(remedy)
})

test('the neighbours of a day are those with trades, and today comes after the last', () => {
  expect(neighbours(days, '2026-11-26', '2026-11-30')).toEqual({ previous: '2026-11-25', next: '2026-11-27' })
  expect(neighbours(days, '2026-11-27', '2026-11-30')).toEqual({ previous: '2026-11-25', next: '2026-11-30' })
  expect(neighbours(days, '2026-11-30', '2026-11-30')).toEqual({ previous: '2026-11-27', next: null })
})

const known = knownSymbols(
  [
    { symbol: '005930', name: '삼성전자', market: 'KOSPI' },
    { symbol: '009150', name: '삼성전기', market: 'KOSPI' },
    { symbol: '000001', name: '<img src=x onerror=alert(1)>', market: null },
  ],
  [
    { symbol: '005930', turnover: 1 },
    { symbol: '000660', turnover: 9 },
    { symbol: '<b>', turnover: 99 },
  ],
)

test('symbols are those with bars and those with a name, the most traded first; what is no code is left out', () => {
  expect(found(known, '').map(({ symbol }) => symbol)).toEqual(['000660', '005930', '000001', '009150'])
})

test.each([
  ['0059', ['005930']],
  ['삼성', ['005930', '009150']],
  ['전기', ['009150']],
  ['ㅅㅅㅈㅈ', ['005930']],
  ['IMG', ['000001']],
  ['nothing', []],
])('a search for %s finds %j', (search, symbols) => {
  expect(found(known, search).map(({ symbol }) => symbol)).toEqual(symbols)
})

test('the initial consonants of a name are those of its syllables', () => {
  expect(initialsOf('SK하이닉스')).toBe('SKㅎㅇㄴㅅ')
})

test.each([
  ['ohlcv_1d', 503],
  ['instrument', 200],
  ['market_phase', 200],
  ['feed_gap', 200],
  ['ohlcv_1m', 503],
])('where %s is missing the status is %i, and what can be shown is shown', async (missing, status) => {
  const query = async <Row>(sql: string) => {
    if (new RegExp(`FROM ${missing}\\b`).test(sql)) throw new StoreError('STORE_QUERY_FAILED', `table does not exist [table=${missing}]`)
    return [] as Row[]
  }
  const market = new MarketReader({ query, calendar: new TradingCalendar() })
  const params = new URLSearchParams({ symbol: '005930', date, venue: 'KRX' })
  const reply = await market.answer('/market/chart.json', params, AbortSignal.timeout(5_000))
  expect(reply?.status).toBe(status)
  if (status === 503) expect(reply?.body).toMatchObject({ note: { remedy: expect.stringContaining('tables apply') } })
})
