import { dateAfter, dateAt, type TradingCalendar } from '@tickhouse/calendar'
import {
  type InstrumentKind,
  instrumentTable,
  type ListedInstrument,
  listingTable,
  type SeenInstrument,
  type VenueDataset,
  venueDatasets,
} from '@tickhouse/catalogue'
import { StoreError } from '../errors.ts'
import { quoted, type RunQuery, timeLiteral } from '../query/query.ts'
import { type InstrumentRow, instrumentRow, type ListingRow, listingRow, recordOf } from './instrument-rows.ts'
import type { Tables } from './tables.ts'

/** How many rows a call has written. */
export interface WrittenInstruments {
  /** Rows of `listing` that are new, or hold longer. */
  readonly listing: number
  /** Rows of `instrument` that are new or differ. */
  readonly instrument: number
}

/** A dataset with records of single instruments. */
export interface InstrumentDataset {
  readonly table: string
  /** What its records tell of their kind; null where they tell nothing. */
  readonly kind: InstrumentKind | null
  /** Whether they carry a name. */
  readonly isNamed: boolean
}

/** The datasets that tell which instruments there are: all that name a symbol. What an account holds is its own affair. */
export const instrumentDatasets: readonly InstrumentDataset[] = venueDatasets.flatMap(instrumentDatasetOf)

type InstrumentTables = Pick<Tables, 'plan' | 'apply' | 'fill'>

/** A stretch of so many µs is not divided any more. */
const shortestUs = 600_000_000
/** A query can name so many symbols. */
const symbolsPerQuery = 100
/** The longest code that the venue's document has; what is longer is no code of an instrument, whoever wrote it into a topic. */
const maxSymbolLength = 20

/** The tables `listing` and `instrument`: who a symbol is, by the venue's list and by records. */
export class Instruments {
  readonly #run: RunQuery
  readonly #tables: InstrumentTables
  #areMade = false

  constructor(run: RunQuery, tables: InstrumentTables) {
    this.#run = run
    this.#tables = tables
  }

  /** What the records of a dataset tell from a time on, before another, µs since the epoch; where that is too much for one query, in parts. */
  async seenIn(dataset: InstrumentDataset, fromUs: number, toUs: number, signal: AbortSignal): Promise<SeenInstrument[]> {
    try {
      return await this.#seenAtOnce(dataset, fromUs, toUs, signal)
    } catch (error) {
      if (!(error instanceof StoreError) || error.code !== 'STORE_TIMEOUT' || toUs - fromUs <= shortestUs) throw error
      const middleUs = Math.floor((fromUs + toUs) / 2)
      const before = await this.seenIn(dataset, fromUs, middleUs, signal)
      return [...before, ...(await this.seenIn(dataset, middleUs, toUs, signal))]
    }
  }

  /** Brings the rows of `instrument` up to date with what records tell of these symbols; gives how many were written. */
  async see(seen: readonly SeenInstrument[], nowUs: number, signal: AbortSignal): Promise<number> {
    await this.#make(signal)
    const symbols = [...new Set(seen.map(({ symbol }) => symbol))]
    let written = 0
    for (let at = 0; at < symbols.length; at += symbolsPerQuery) {
      const some = symbols.slice(at, at + symbolsPerQuery)
      written += await this.#bringUpToDate(some, seen, nowUs, signal)
    }
    return written
  }

  /** Takes over a list that the venue gave at a moment. What is not in it stays as it was: it was delisted, or the list is not whole. */
  async list(
    listed: readonly ListedInstrument[],
    calendar: TradingCalendar,
    nowUs: number,
    signal: AbortSignal,
  ): Promise<WrittenInstruments> {
    await this.#make(signal)
    const current = await this.#listings(undefined, signal)
    const day = lastTradingDay(calendar, nowUs)
    const rows = listed.map(one => listingRow(one, current.get(one.symbol), day, nowUs)).filter(row => row !== current.get(row.symbol))
    await this.#write(listingTable, rows, signal)
    return { listing: rows.length, instrument: await this.#bringUpToDate(undefined, [], nowUs, signal) }
  }

  /** The last date on which the list was taken over; null where it never was. */
  async listedUpTo(signal: AbortSignal): Promise<string | null> {
    await this.#make(signal)
    const [row] = await this.#run<{ day: string | null }>(`SELECT max(last_day) AS day FROM ${listingTable.name}`, signal)
    return row?.day ?? null
  }

  async #seenAtOnce(
    { table, kind, isNamed }: InstrumentDataset,
    fromUs: number,
    toUs: number,
    signal: AbortSignal,
  ): Promise<SeenInstrument[]> {
    const keys = isNamed ? 'symbol, venue, name' : 'symbol, venue'
    const found = await this.#run<Omit<SeenInstrument, 'kind' | 'name'> & { readonly name?: string | null }>(
      `SELECT ${keys}, min(timestamp) AS firstUs, max(timestamp) AS lastUs FROM ${table} ` +
        `WHERE timestamp >= ${timeLiteral(fromUs)} AND timestamp < ${timeLiteral(toUs)} AND symbol != '*' GROUP BY ${keys}`,
      signal,
    )
    return found.filter(({ symbol }) => symbol.length <= maxSymbolLength).map(({ name = null, ...rest }) => ({ ...rest, kind, name }))
  }

  /** Makes the tables, once, where they are missing. */
  async #make(signal: AbortSignal): Promise<void> {
    if (this.#areMade) return
    await this.#tables.apply(await this.#tables.plan([listingTable, instrumentTable], signal), signal)
    this.#areMade = true
  }

  /** Writes what differs; of all symbols that are listed, or of these. */
  async #bringUpToDate(
    symbols: readonly string[] | undefined,
    seen: readonly SeenInstrument[],
    nowUs: number,
    signal: AbortSignal,
  ): Promise<number> {
    const listings = await this.#listings(symbols, signal)
    const found = await this.#run<InstrumentRow>(`SELECT * FROM ${instrumentTable.name}${among(symbols)}`, signal)
    const rows = bySymbol(found)
    const seenBySymbol = Map.groupBy(seen, ({ symbol }) => symbol)
    const wanted = (symbols ?? [...listings.keys()]).flatMap(symbol => {
      const known = { symbol, row: rows.get(symbol), listing: listings.get(symbol), seen: seenBySymbol.get(symbol) ?? [] }
      return instrumentRow(known, nowUs) ?? []
    })
    await this.#write(instrumentTable, wanted, signal)
    return wanted.length
  }

  async #listings(symbols: readonly string[] | undefined, signal: AbortSignal): Promise<Map<string, ListingRow>> {
    const sql = `SELECT * FROM ${listingTable.name}${among(symbols)} LATEST ON timestamp PARTITION BY symbol`
    return bySymbol(await this.#run<ListingRow>(sql, signal))
  }

  async #write(table: typeof listingTable, rows: readonly (InstrumentRow | ListingRow)[], signal: AbortSignal): Promise<void> {
    if (rows.length > 0) await this.#tables.fill(table, rows.map(recordOf), signal)
  }
}

/** The last Korean date up to a moment on which the market was open, as far as anybody knows: a list of a Sunday is that of Friday. */
export function lastTradingDay(calendar: TradingCalendar, nowUs: number): string {
  let day = dateAt(nowUs)
  while (calendar.dayOf(day).state === 'closed') day = dateAfter(day, -1)
  return day
}

function bySymbol<Row extends { readonly symbol: string }>(rows: readonly Row[]): Map<string, Row> {
  return new Map(rows.map(row => [row.symbol, row]))
}

function among(symbols: readonly string[] | undefined): string {
  return symbols === undefined ? '' : ` WHERE symbol IN (${symbols.map(quoted).join(', ')})`
}

/** What follows the whole market tells of instruments only where its records name a symbol. */
function instrumentDatasetOf({ name: table, items, columns, symbol }: VenueDataset): InstrumentDataset[] {
  if (items === 'account' || (items === 'market' && symbol === undefined)) return []
  return [{ table, kind: items === 'market' ? null : items, isNamed: columns['name'] !== undefined }]
}
