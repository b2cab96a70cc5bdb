/** Where shares trade: the Korea Exchange, and Nextrade, the alternative trading system. */
export const tradingVenues = ['KRX', 'NXT'] as const
export type TradingVenue = (typeof tradingVenues)[number]

/** How prices are made: orders gather for one price at the end, price by price, or at the closing price only. */
export type PhaseKind = 'auction' | 'continuous' | 'fixed_price'

/** Days with hours of their own: that of the national college entrance exam, and the first trading day of a year. */
export const dayKinds = ['regular', 'csat', 'first'] as const
export type DayKind = (typeof dayKinds)[number]

/** The hours of one phase at one venue, for as long as they hold. */
export interface Hours {
  readonly venue: TradingVenue
  readonly phase: string
  readonly kind: PhaseKind
  readonly day: DayKind
  /** Korean time, `09:00` or `09:00:30`; `to` is not included. */
  readonly from: string
  readonly to: string
  /** Korean dates, both included; left out: since ever, for ever. */
  readonly validFrom?: string
  readonly validTo?: string
}

const nextradeOpened = '2025-03-04'
/** KRX trades after hours price by price since this date, and at single prices until the Friday before. */
const afterMarketOpened = '2026-09-14'

/**
 * Trading hours as exchanges and the press name them; a change is a new row. Sources: exchange_calendars 4.13.2 (XKRX) and the rules of KRX as the press of January
 * 2026 quotes them (KRX, regular and first days); clients of brokers that state and test the KRX after-market (python-kis, tossinvest-cli, September 2026); the press of
 * 13 November 2025 (exam day); the press of January 2026 and documents of brokers (NXT). A pre-market of KRX at 07:00 is announced and was put off.
 */
export const knownHours: readonly Hours[] = [
  krx('pre_market_closing_price', 'fixed_price', '08:30', '08:40'),
  krx('opening_auction', 'auction', '08:30', '09:00'),
  krx('continuous', 'continuous', '09:00', '15:20'),
  krx('closing_auction', 'auction', '15:20', '15:30'),
  krx('after_hours_closing_price', 'fixed_price', '15:40', '16:00'),
  { ...krx('after_hours_single_price', 'auction', '16:00', '18:00'), validTo: '2026-09-11' },
  { ...krx('after_market', 'continuous', '16:00', '20:00'), validFrom: afterMarketOpened },
  { ...krx('opening_auction', 'auction', '09:30', '10:00'), day: 'csat' },
  { ...krx('continuous', 'continuous', '10:00', '16:20'), day: 'csat' },
  { ...krx('closing_auction', 'auction', '16:20', '16:30'), day: 'csat' },
  { ...krx('opening_auction', 'auction', '09:30', '10:00'), day: 'first' },
  { ...krx('continuous', 'continuous', '10:00', '15:20'), day: 'first' },
  { ...krx('closing_auction', 'auction', '15:20', '15:30'), day: 'first' },
  nxt('pre_market', 'continuous', '08:00', '08:50'),
  nxt('continuous', 'continuous', '09:00:30', '15:20'),
  nxt('after_market_closing_price', 'fixed_price', '15:30', '15:40'),
  nxt('after_market', 'continuous', '15:40', '20:00'),
  { ...nxt('continuous', 'continuous', '10:00:30', '16:20'), day: 'csat' },
  { ...nxt('after_market', 'continuous', '16:30', '20:00'), day: 'csat' },
]

/** Phases of a regular day that are known not to take place on another kind of day. */
export const notHeld: readonly Pick<Hours, 'venue' | 'phase' | 'day'>[] = [{ venue: 'NXT', phase: 'pre_market', day: 'csat' }]

function krx(phase: string, kind: PhaseKind, from: string, to: string): Hours {
  return { venue: 'KRX', phase, kind, day: 'regular', from, to }
}

function nxt(phase: string, kind: PhaseKind, from: string, to: string): Hours {
  return { venue: 'NXT', phase, kind, day: 'regular', from, to, validFrom: nextradeOpened }
}
