import { dateAt, momentOf } from '@tickhouse/calendar'
import type { DataRecord, InstrumentKind, ListedInstrument, SeenInstrument } from '@tickhouse/catalogue'

/** A row of `listing`: what the venue's list said from a date on. */
export interface ListingRow extends ListedInstrument {
  /** 00:00 Korean time of the first date, µs since the epoch. */
  readonly timestamp: number
  readonly last_day: string
  readonly updated_at: number
}

/** A row of `instrument`. */
export interface InstrumentRow
  extends Pick<ListedInstrument, 'symbol' | 'name' | 'market' | 'listed_shares' | 'nxt' | 'industry' | 'audit'> {
  readonly kind: InstrumentKind | null
  /** With commas between them. */
  readonly venues: string | null
  readonly first_day: string | null
  readonly last_day: string | null
  readonly updated_at: number
}

/** What of a list makes a new row when it changes; the rest of the row only says how long it held. */
const said = [
  'name',
  'market',
  'kind',
  'listed_shares',
  'listed_on',
  'nxt',
  'industry',
  'audit',
  'state',
  'order_warning',
] as const satisfies readonly (keyof ListedInstrument)[]

/**
 * The row of `listing` that an instrument of a list makes: the one that is there, up to that date, while the list says the same, else one that begins with it.
 * `current` is the latest row of the symbol.
 */
export function listingRow(listed: ListedInstrument, current: ListingRow | undefined, day: string, nowUs: number): ListingRow {
  const isSame = current !== undefined && said.every(name => (current[name] ?? null) === listed[name])
  if (!isSame) return { ...listed, timestamp: Math.max(current?.timestamp ?? 0, momentOf(day, '00:00')), last_day: day, updated_at: nowUs }
  return day <= current.last_day ? current : { ...current, last_day: day, updated_at: nowUs }
}

/** What is known of one symbol: its row so far, the latest row of the list, and what records of it were seen. */
export interface KnownInstrument {
  readonly symbol: string
  readonly row: InstrumentRow | undefined
  readonly listing: ListingRow | undefined
  readonly seen: readonly SeenInstrument[]
}

/**
 * The row of `instrument` that follows. The list counts before records, which count before the row so far; venues only come, and days only move outwards, so
 * that nothing is forgotten and the order of the writers does not matter. Undefined where the row says it all already.
 */
export function instrumentRow(known: KnownInstrument, nowUs: number): InstrumentRow | undefined {
  const { symbol, row, listing, seen } = known
  const next: Omit<InstrumentRow, 'updated_at'> = {
    symbol,
    name: listing?.name ?? lastName(seen) ?? row?.name ?? null,
    market: listing?.market ?? row?.market ?? null,
    kind: listing?.kind ?? clearest([row?.kind, ...seen.map(({ kind }) => kind)]),
    listed_shares: listing?.listed_shares ?? row?.listed_shares ?? null,
    venues: venuesOf([...(row?.venues?.split(',') ?? []), ...seen.map(({ venue }) => venue)]),
    first_day: first([row?.first_day, firstListed(listing), ...seen.map(({ firstUs }) => dateAt(firstUs))]),
    last_day: last([row?.last_day, listing?.last_day, ...seen.map(({ lastUs }) => dateAt(lastUs))]),
    nxt: listing?.nxt ?? row?.nxt ?? null,
    industry: listing?.industry ?? row?.industry ?? null,
    audit: listing?.audit ?? row?.audit ?? null,
  }
  const names = Object.keys(next) as (keyof typeof next)[]
  const isSame = row !== undefined && names.every(name => (row[name] ?? null) === next[name])
  return isSame ? undefined : { ...next, updated_at: nowUs }
}

/** A row as a record of its table. */
export function recordOf(row: InstrumentRow | ListingRow): DataRecord {
  return { timestamp: 0, ...row } as unknown as DataRecord
}

/** The list tells the date of the listing; where it does not, it had the symbol on the date on which its row begins. */
function firstListed(listing: ListingRow | undefined): string | null {
  return listing === undefined ? null : (listing.listed_on ?? dateAt(listing.timestamp))
}

function lastName(seen: readonly SeenInstrument[]): string | null {
  const named = seen.filter(({ name }) => name !== null)
  return named.length === 0 ? null : named.reduce((newest, one) => (one.lastUs > newest.lastUs ? one : newest)).name
}

/** Funds and warrants have records of stocks, too: whatever is no stock says more. */
function clearest(kinds: readonly (InstrumentKind | null | undefined)[]): InstrumentKind | null {
  const told = kinds.filter(kind => kind !== null && kind !== undefined)
  return told.find(kind => kind !== 'stock') ?? told[0] ?? null
}

function venuesOf(venues: readonly string[]): string | null {
  return venues.length === 0 ? null : [...new Set(venues)].sort().join()
}

function first(days: readonly (string | null | undefined)[]): string | null {
  return sorted(days)[0] ?? null
}

function last(days: readonly (string | null | undefined)[]): string | null {
  return sorted(days).at(-1) ?? null
}

function sorted(days: readonly (string | null | undefined)[]): string[] {
  return days.filter(day => day !== null && day !== undefined).sort()
}
