import { barViews } from './bars.ts'
import { auctions, marketSteps, viEvents } from './events.ts'
import { brokerFlow, etfPremium, programFlow } from './flows.ts'
import { nbbo } from './nbbo.ts'
import { quotes, quotes5 } from './quotes.ts'
import { trades, tradesAll } from './trades.ts'
import type { ViewDefinition } from './view.ts'

/** Every view, each behind those it reads. A new one is a file or a constant beside the others, and a word here. */
export const views: readonly ViewDefinition[] = [
  trades,
  tradesAll,
  quotes,
  quotes5,
  nbbo,
  ...barViews,
  viEvents,
  auctions,
  marketSteps,
  programFlow,
  brokerFlow,
  etfPremium,
]
