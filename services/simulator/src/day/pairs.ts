import { type ItemKind, venueDatasets } from '@tickhouse/catalogue'
import { defaultSymbols } from '@tickhouse/kiwoom'
import type { Pair } from '../market/source.ts'

/** Large stocks of KOSPI and KOSDAQ, in the order in which a day takes them. */
export const stocks: readonly string[] = [
  ...defaultSymbols.stock.filter(item => !item.includes('_')),
  ...['032830', '086790', '015760', '034730', '011200', '017670', '316140', '009150', '033780', '010130'],
  ...['018260', '024110', '003550', '034020', '009540', '010950', '329180', '042660', '047050', '030200'],
  ...['138040', '000810', '251270', '036570', '090430', '011170', '267260', '064350', '012450', '047810'],
  ...['247540', '086520', '196170', '028300', '066970', '263750', '293490', '035900', '041510', '145020'],
]

const etf = '069500'

/** What is registered on a day of so many stocks: each on KRX, on NXT and combined, and an ETF, an ELW, two sectors and gold; no account. */
export function pairsOf(symbols: number): Pair[] {
  const items: Readonly<Record<ItemKind, readonly string[]>> = {
    stock: [...stocks.slice(0, symbols).flatMap(code => [code, `${code}_NX`, `${code}_AL`]), etf],
    etf: [etf],
    elw: defaultSymbols.elw.slice(0, 1),
    sector: defaultSymbols.sector.slice(0, 2),
    gold: defaultSymbols.gold,
    market: [''],
    account: [],
  }
  return venueDatasets.flatMap(({ type, items: kind }) => items[kind].map(item => ({ type, item })))
}
