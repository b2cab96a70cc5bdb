import type { MarketPhase, TradingVenue } from '@tickhouse/calendar'
import type { TradingState } from './hours.ts'

/** How much goes on in a phase, as a part of what goes on at noon. */
const levels: Readonly<Record<string, number>> = {
  pre_market: 0.25,
  pre_market_closing_price: 0.05,
  opening_auction: 0.5,
  continuous: 1,
  closing_auction: 0.6,
  after_market_closing_price: 0.05,
  after_hours_closing_price: 0.05,
  after_hours_single_price: 0.05,
  after_market: 0.1,
}
/** The part of the trading that takes place at each venue while both are open. */
const venueParts: Readonly<Record<TradingVenue, number>> = { KRX: 0.78, NXT: 0.22 }
/** How fast the rush after an opening ends, and how long before the end of the day the next one begins. */
const rushUs = { open: 20 * 60_000_000, close: 30 * 60_000_000 }

/** How busy a phase is at a moment, against noon: much right after its opening, less at noon, more towards the end; auctions fill towards their end. */
export function busyness({ phase, kind, venue, fromUs, toUs }: MarketPhase, us: number): number {
  if (us < fromUs || us >= toUs) return 0
  const level = (levels[phase] ?? 0.1) * venueParts[venue]
  if (kind === 'auction') return level * (0.2 + (us - fromUs) / (toUs - fromUs))
  if (kind === 'fixed_price') return level
  const opening = Math.exp(-(us - fromUs) / rushUs.open)
  const closing = phase === 'continuous' ? Math.exp(-(toUs - us) / rushUs.close) : 0
  return level * (1 + 2.5 * opening + 1.2 * closing)
}

/** How large trades are and how fast quotes follow at a moment: large at the opening and towards the close, and spreads wide where little trades or all is new. */
export function busynessOf({ KRX, NXT }: Readonly<Record<TradingVenue, TradingState>>, seconds: number): { size: number; haste: number } {
  const { phase, fromS, toS } = KRX.kind === 'closed' ? NXT : KRX
  if (phase !== 'continuous') return { size: 0.5, haste: 0.5 }
  const opening = Math.exp(-((seconds - fromS) * 1e6) / rushUs.open)
  const closing = Math.exp(-((toS - seconds) * 1e6) / rushUs.close)
  return { size: 1 + 1.5 * opening + 0.7 * closing, haste: 0.85 - 0.45 * opening }
}
