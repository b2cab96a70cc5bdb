import { venueDatasets } from '@tickhouse/catalogue'
import { defaultSymbols, type VenueList } from '@tickhouse/kiwoom'
import { stocks } from '../day/pairs.ts'
import { listings, SimulatedStock } from '../market/instrument.ts'
import { Random } from '../market/random.ts'
import type { Pair } from '../market/source.ts'
import { bare } from '../market/world.ts'

/** A row of a list as the venue writes it. */
export type ListRow = Readonly<Record<string, string>>

/** Codes of KOSDAQ among those that a simulated day takes; all others are of KOSPI. */
const kosdaq = new Set(['109670', '247540', '086520', '196170', '028300', '263750', '293490', '035900', '041510', '145020'])

/** What the gold market of KRX trades, by the codes of orders. Realtime prices have codes of their own, which no list has. */
const gold: readonly (readonly [string, string])[] = [
  ['M04020000', '금 99.99_1Kg'],
  ['M04020100', '미니금 99.99_100g'],
]

interface Kind {
  readonly marketCode: string
  readonly marketName: string
}

const kinds = {
  kospi: { marketCode: '0', marketName: '거래소' },
  kosdaq: { marketCode: '10', marketName: '코스닥' },
  etf: { marketCode: '8', marketName: 'ETF' },
  elw: { marketCode: '3', marketName: 'ELW' },
  gold: { marketCode: '80', marketName: '금현물' },
} as const satisfies Record<string, Kind>

/**
 * The rows of one of the venue's lists: what the simulator knows by name, and what is registered besides. As at the venue, the list of KOSPI has its funds, too
 * (captured 2026-08-03), and a code that no list has brings none.
 */
export function listRows(code: VenueList['code'], registered: readonly Pair[], seed: number): ListRow[] {
  if (code === kinds.gold.marketCode)
    return gold.map(([symbol, name]) => row(symbol, kinds.gold, { name, listCount: '', lastPrice: '', nxt: 'N' }))
  const rows = symbolsOf(registered).map(([symbol, kind]) => stockRow(symbol, kind, seed))
  return rows.filter(({ marketCode }) => marketCode === code || (code === kinds.kospi.marketCode && marketCode === kinds.etf.marketCode))
}

function symbolsOf(registered: readonly Pair[]): [string, Kind][] {
  const itemsOf = (kind: string) => {
    const types = new Set(venueDatasets.filter(({ items }) => items === kind).map(({ type }) => type))
    return registered.filter(({ type, item }) => types.has(type) && item !== '').map(({ item }) => bare(item))
  }
  const etfs = new Set([...[...listings].filter(([, { name }]) => name.startsWith('KODEX ')).map(([symbol]) => symbol), ...itemsOf('etf')])
  const elws = new Set([...defaultSymbols.elw, ...itemsOf('elw')])
  const all = new Set([...listings.keys(), ...stocks, ...itemsOf('stock'), ...etfs, ...elws])
  return [...all].map((symbol): [string, Kind] => {
    if (etfs.has(symbol)) return [symbol, kinds.etf]
    if (elws.has(symbol)) return [symbol, kinds.elw]
    return [symbol, kosdaq.has(symbol) ? kinds.kosdaq : kinds.kospi]
  })
}

function stockRow(symbol: string, kind: Kind, seed: number): ListRow {
  const { name, listedShares, previousClose } = new SimulatedStock(symbol, seed)
  const isStock = kind === kinds.kospi || kind === kinds.kosdaq
  return row(symbol, kind, {
    name: kind === kinds.elw ? `한국${symbol.slice(2)}삼성전자콜` : Buffer.from(name, 'latin1').toString('utf8'),
    listCount: String(listedShares).padStart(16, '0'),
    lastPrice: String(previousClose).padStart(8, '0'),
    nxt: isStock && /^\d+$/.test(symbol) ? 'Y' : 'N',
  })
}

interface Shown {
  readonly name: string
  readonly listCount: string
  readonly lastPrice: string
  readonly nxt: 'Y' | 'N'
}

function row(code: string, { marketCode, marketName }: Kind, { name, listCount, lastPrice, nxt }: Shown): ListRow {
  const random = new Random(`listed ${code}`)
  const two = (most: number) => String(random.integer(1, most)).padStart(2, '0')
  return {
    ...{ code, name, listCount, auditInfo: '정상', regDay: `${random.integer(1975, 2020)}${two(12)}${two(28)}`, lastPrice },
    ...{ state: '증거금20%|담보대출|신용가능', marketCode, marketName, upName: '', upSizeName: '', companyClassName: '' },
    ...{ orderWarning: '0', nxtEnable: nxt, kind: 'A' },
  }
}
