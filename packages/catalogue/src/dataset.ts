import type { RecordHeader } from './definitions.ts'
import type { Column, Derived, Field, Ladder } from './fields.ts'

/** What kind of item a type is registered with; `market` and `account` types register `""`. */
export type ItemKind = 'stock' | 'etf' | 'elw' | 'sector' | 'gold' | 'market' | 'account'

/** One realtime type of the venue: what fills the header, and the dataset's own columns in table order. */
export interface VenueDataset<
  Name extends string = string,
  Columns extends Readonly<Record<string, Column>> = Readonly<Record<string, Column>>,
> {
  /** The venue's two-character code, case-sensitive. */
  readonly type: string
  /** Our name: topic, table, schema and file. */
  readonly name: Name
  /** The venue's title. */
  readonly title: string
  readonly description: string
  readonly items: ItemKind
  /** How busy the type is; decides partitions of its topic and table. */
  readonly volume: 'high' | 'low'
  /** The FID that gives `exchange_time`; types without one leave it null. */
  readonly exchangeTime?: Field<number>
  /** The FID that repeats the symbol, where there is one. */
  readonly symbol?: Field<string>
  /** The FIDs of a total that grows by a step from record to record of one item, and of the exchange that the record is from: what the total lacks was left out. */
  readonly runningTotal?: { readonly total: number; readonly step: number; readonly exchange: number }
  readonly columns: Columns
}

/** Declares a dataset; keeps the column names as types, so that a wrong one is a compile error. */
export function dataset<const Name extends string, const Columns extends Readonly<Record<string, Column>>>(
  definition: VenueDataset<Name, Columns>,
): VenueDataset<Name, Columns> {
  return definition
}

type ValueOf<C> = C extends Field<infer V> ? V : C extends Ladder<infer V> ? V : C extends Derived<infer V> ? V : never

/** A record of a dataset as it stands in Kafka; columns that are absent are left out. */
export type RecordOf<D extends VenueDataset> = RecordHeader & { [C in keyof D['columns']]?: ValueOf<D['columns'][C]> }

/** A row of a dataset as QuestDB holds it: every column is there, null where the record had none; times in µs. */
export type RowOf<D extends VenueDataset> = Required<Omit<RecordHeader, 'unreadable' | 'exchange_time'>> & {
  exchange_time: number | null
} & {
  [C in keyof D['columns']]: ValueOf<D['columns'][C]> | null
} & { unreadable: string | null; kafka_partition: number; kafka_offset: number }
