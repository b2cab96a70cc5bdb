import type { TableDefinition } from './definitions.ts'
import type { Legend } from './fields.ts'
import { column, withoutTime } from './own-column.ts'

/** Where an instrument is listed. */
export type ListingMarket = 'KOSPI' | 'KOSDAQ' | 'KONEX' | 'K-OTC' | 'KRX gold'

const kindWords = {
  stock: 'share of a company, preferred shares among them',
  etf: 'exchange-traded fund',
  etn: 'exchange-traded note',
  elw: 'equity-linked warrant',
  reit: 'real estate investment trust',
  fund: 'other fund that is listed: infrastructure, mutual, high-yield',
  right: 'right to new shares, or a warrant on them',
  sector: 'index of a sector',
  gold: 'gold',
} as const satisfies Legend

/** What an instrument is. */
export type InstrumentKind = keyof typeof kindWords

/** What the venue's list of instruments says of one symbol, named as the columns of `listing`; null where it says nothing that can be read. */
export interface ListedInstrument {
  /** The bare code. */
  readonly symbol: string
  readonly name: string | null
  readonly market: ListingMarket | null
  readonly kind: InstrumentKind
  readonly listed_shares: number | null
  /** The Korean date of its listing. */
  readonly listed_on: string | null
  /** Whether it also trades at NXT. */
  readonly nxt: 'Y' | 'N' | null
  readonly industry: string | null
  readonly audit: string | null
  readonly state: string | null
  readonly order_warning: string | null
}

/** What records say of one symbol at one venue. */
export interface SeenInstrument {
  readonly symbol: string
  readonly venue: string
  /** What the dataset tells of it; null where it tells nothing. */
  readonly kind: InstrumentKind | null
  readonly name: string | null
  /** Capture times of the first and the last record, µs since the epoch. */
  readonly firstUs: number
  readonly lastUs: number
}

const symbol = column('symbol', 'SYMBOL', 'Bare code, as in every other table', true)
const kind = { ...column('kind', 'SYMBOL', 'What it is'), legend: kindWords }
const shares = { ...column('listed_shares', 'LONG', "Listed shares, by the venue's list"), unit: 'share' }
const market = column('market', 'SYMBOL', 'Where it is listed: `KOSPI`, `KOSDAQ`, `KONEX`, `K-OTC`, `KRX gold`; null until the list tells')
const nxt = column('nxt', 'SYMBOL', "`Y` where NXT trades it too, `N` where it does not, by the venue's list")
const industry = column('industry', 'SYMBOL', 'Industry of the company, in Korean')
const audit = column('audit', 'SYMBOL', 'Supervision, in Korean: `정상` is none, `거래정지` halted, `관리종목` under administration')

/** What the venue's list said: one row per symbol and change, from `timestamp` on. It has no topic: whoever asks the venue writes it. */
export const listingTable: TableDefinition = {
  name: 'listing',
  columns: [
    column('timestamp', 'TIMESTAMP', '00:00 Korean time of the first date on which the list said this', true),
    symbol,
    column('name', 'VARCHAR', 'Name in Korean'),
    market,
    kind,
    shares,
    column('listed_on', 'SYMBOL', 'Korean date of the listing, such as `1975-06-11`'),
    nxt,
    industry,
    audit,
    column('state', 'VARCHAR', "The venue's remarks in Korean, with `|` between them: margin rate, loans, administration"),
    {
      ...column('order_warning', 'SYMBOL', 'What the venue warns of at an order'),
      legend: { 0: 'nothing', 1: 'caution (ETF)', 2: 'liquidation trading', 3: 'short-term overheating', 4: 'risk', 5: 'warning' },
    },
    column('last_day', 'SYMBOL', 'Last Korean date on which the list said this'),
    column('updated_at', 'TIMESTAMP', 'When the row was written'),
  ],
  dedupKeys: ['timestamp', 'symbol'],
  partitionBy: 'MONTH',
}

/** Who a symbol is: one row each, so that `WHERE name = '삼성전자'` finds it. It has no topic: the sink writes what records say, whoever asks the venue what its list says. */
export const instrumentTable: TableDefinition = {
  name: 'instrument',
  columns: [
    withoutTime,
    symbol,
    column('name', 'VARCHAR', "Name in Korean, by the venue's list or the last record that carries one"),
    market,
    kind,
    shares,
    column('venues', 'VARCHAR', 'Venues of its records: `KRX`, `NXT`, `SOR`, with commas between them; null while there are none'),
    column('first_day', 'SYMBOL', 'First Korean date that is known of it: of its listing, or of its first record'),
    column('last_day', 'SYMBOL', 'Last trading day on which the list had it, or date of its last record; stays when it is delisted'),
    nxt,
    industry,
    audit,
    column('updated_at', 'TIMESTAMP', 'When the row changed last'),
  ],
  dedupKeys: ['timestamp', 'symbol'],
  partitionBy: 'MONTH',
}
