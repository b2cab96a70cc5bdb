import { afterHoursQuote } from './after-hours-quote.ts'
import { balance } from './balance.ts'
import { bestQuote } from './best-quote.ts'
import { brokerActivity } from './broker-activity.ts'
import { elwIndicator } from './elw-indicator.ts'
import { elwTheory } from './elw-theory.ts'
import { etfNav } from './etf-nav.ts'
import { expectedTrade } from './expected-trade.ts'
import { goldPrice } from './gold-price.ts'
import { indicativePrice } from './indicative-price.ts'
import { marketSession } from './market-session.ts'
import { orderBook } from './order-book.ts'
import { orderExecution } from './order-execution.ts'
import { programTrading } from './program-trading.ts'
import { sectorBreadth } from './sector-breadth.ts'
import { sectorIndex } from './sector-index.ts'
import { stockInfo } from './stock-info.ts'
import { trade } from './trade.ts'
import { volatilityInterruption } from './volatility-interruption.ts'

/** Every realtime type of the venue, in the order of its document. One word here and one file beside it make a dataset. */
export const datasets = [
  orderExecution,
  balance,
  indicativePrice,
  trade,
  bestQuote,
  orderBook,
  afterHoursQuote,
  brokerActivity,
  etfNav,
  expectedTrade,
  goldPrice,
  sectorIndex,
  sectorBreadth,
  stockInfo,
  elwTheory,
  marketSession,
  elwIndicator,
  programTrading,
  volatilityInterruption,
] as const
