import { dateAfter, dateAt, dayOf } from '@tickhouse/calendar'
import { instrumentTable, listingTable } from '@tickhouse/catalogue'
import type { Doing } from '@tickhouse/runtime'
import { quoted, type RunQuery } from '../query/query.ts'
import type { InstrumentRow, ListingRow } from './instrument-rows.ts'
import { type Instruments, instrumentDatasets } from './instruments.ts'

/** Which instruments are wanted; all without any. */
export interface InstrumentFilter {
  /** A part of the code or of the name. */
  readonly text?: string | undefined
  readonly market?: string | undefined
  readonly kind?: string | undefined
  /** Only those of which there are records. */
  readonly seen?: true | undefined
}

/** An instrument with what the venue's list said of it, the oldest first; `from` is the Korean date since when. */
export interface InstrumentHistory {
  readonly row: InstrumentRow
  readonly history: readonly (ListingRow & { readonly from: string })[]
}

/** The instruments that fit, by symbol. */
export async function listInstruments(run: RunQuery, filter: InstrumentFilter, signal: AbortSignal): Promise<InstrumentRow[]> {
  const { text, market, kind, seen } = filter
  const conditions = [
    ...(text === undefined ? [] : [`(strpos(symbol, ${quoted(text)}) > 0 OR strpos(name, ${quoted(text)}) > 0)`]),
    ...(market === undefined ? [] : [`market = ${quoted(market)}`]),
    ...(kind === undefined ? [] : [`kind = ${quoted(kind)}`]),
    ...(seen === undefined ? [] : ['venues IS NOT NULL']),
  ]
  const where = conditions.length === 0 ? '' : ` WHERE ${conditions.join(' AND ')}`
  return await run<InstrumentRow>(`SELECT * FROM ${instrumentTable.name}${where} ORDER BY symbol`, signal)
}

/** Those with that code or that name, which may belong to several. */
export async function instrumentsNamed(run: RunQuery, word: string, signal: AbortSignal): Promise<InstrumentHistory[]> {
  const named = `symbol = ${quoted(word)} OR name = ${quoted(word)}`
  const rows = await run<InstrumentRow>(`SELECT * FROM ${instrumentTable.name} WHERE ${named} ORDER BY symbol`, signal)
  return await Promise.all(
    rows.map(async row => {
      const sql = `SELECT * FROM ${listingTable.name} WHERE symbol = ${quoted(row.symbol)} ORDER BY timestamp`
      const history = await run<ListingRow>(sql, signal)
      return { row, history: history.map(one => ({ ...one, from: dateAt(one.timestamp) })) }
    }),
  )
}

/** Takes over what the stored records tell from a Korean date on, a date at a time; gives how many rows were written. */
export async function lookThrough(instruments: Instruments, since: string, nowUs: number, { tell, signal }: Doing): Promise<number> {
  let written = 0
  for (let day = since; day <= dateAt(nowUs); day = dateAfter(day)) {
    tell(() => `Looking through the records of ${day}`)
    const { fromUs, toUs } = dayOf(day)
    const seen = []
    for (const dataset of instrumentDatasets) seen.push(...(await instruments.seenIn(dataset, fromUs, toUs, signal)))
    written += await instruments.see(seen, nowUs, signal)
  }
  return written
}
