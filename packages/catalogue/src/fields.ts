import type { QuestType } from './definitions.ts'

/** How a text of the venue is read; the rules stand in `normalize/readers.ts`, one per kind. */
export type Kind =
  | 'price'
  | 'change'
  | 'ratio'
  | 'unsigned_ratio'
  | 'quantity'
  | 'signed_quantity'
  | 'signed_volume'
  | 'amount'
  | 'signed_amount'
  | 'time'
  | 'date'
  | 'duration'
  | 'code'
  | 'name'
  | 'text'
  | 'identifier'
  | 'flag'
  | 'account'
  | 'side'

export type Unit =
  | 'none'
  | 'KRW'
  | 'KRW_thousand'
  | 'KRW_million'
  | 'KRW_100million'
  | 'share'
  | 'thousand_share'
  | 'count'
  | 'percent'
  | 'basis_point'
  | 'factor'
  | 'index_point'
  | 'second'
  | 'time'
  | 'date'
  | 'mixed'
  | 'unknown'

/** Code of the venue → what it means; codes outside the legend are kept as they are. */
export type Legend = Readonly<Record<string, string>>

/** One plain field: a FID of the venue that fills one column. */
export interface Field<Value = unknown> {
  readonly shape: 'field'
  readonly fid: number
  readonly title: string
  readonly description: string
  readonly kind: Kind
  readonly unit: Unit
  readonly questType: QuestType
  readonly legend?: Legend
  /** What a reader of the data must know: where the meaning comes from, and how conflicting sources were decided. */
  readonly note?: string
  /** Raw texts that mean "absent", compared whole. */
  readonly nullIf?: readonly string[]
  /** Only for type inference; never set. */
  readonly value?: Value
}

/** One row of a ladder: FIDs `firstFid` … of consecutive levels; `{n}` in title and description is the level. */
export interface LadderRow {
  readonly firstFid: number
  readonly title: string
  readonly description: string
  readonly kind: 'price' | 'quantity' | 'signed_quantity'
  readonly note?: string
}

/** The unit of the elements of a row. */
export function unitOfRow({ kind }: LadderRow): Unit {
  return kind === 'price' ? 'KRW' : 'share'
}

/** An array column: one row (`DOUBLE[]`) or several (`DOUBLE[][]`) of `levels` elements. */
export interface Ladder<Value = unknown> {
  readonly shape: 'ladder'
  readonly levels: number
  readonly rows: readonly LadderRow[]
  readonly questType: 'DOUBLE[]' | 'DOUBLE[][]'
  readonly value?: Value
}

/** A column without a FID of its own: the side in the sign of a volume, or one element of a ladder. */
export interface Derived<Value = unknown> {
  readonly shape: 'derived'
  readonly from: { readonly fid: number; readonly take: 'side' } | { readonly fid: number; readonly take: 'level' }
  readonly description: string
  readonly questType: QuestType
  readonly unit: Unit
  readonly value?: Value
}

export type Column = Field | Ladder | Derived

interface Options {
  readonly unit?: Unit
  readonly questType?: QuestType
  readonly legend?: Legend
  readonly note?: string
  readonly nullIf?: readonly string[]
}

type Constructor<Value> = (fid: number, title: string, description: string, options?: Options) => Field<Value>

function kindOf<Value>(kind: Kind, unit: Unit, questType: QuestType): Constructor<Value> {
  return (fid, title, description, options = {}) => ({ shape: 'field', fid, title, description, kind, unit, questType, ...options })
}

/** The magnitude; the sign is colour (direction against the previous close). */
export const price = kindOf<number>('price', 'KRW', 'DOUBLE')
/** Signed; the sign is arithmetic. */
export const change = kindOf<number>('change', 'KRW', 'DOUBLE')
/** Signed percent or factor. */
export const ratio = kindOf<number>('ratio', 'percent', 'DOUBLE')
/** The magnitude; the sign is decoration. */
export const unsignedRatio = kindOf<number>('unsigned_ratio', 'percent', 'DOUBLE')
/** Unsigned count of shares or things. */
export const quantity = kindOf<number>('quantity', 'share', 'LONG')
/** Signed count; the sign is arithmetic. */
export const signedQuantity = kindOf<number>('signed_quantity', 'share', 'LONG')
/** The magnitude of a traded volume; the sign is the side of the aggressor. */
export const signedVolume = kindOf<number>('signed_volume', 'share', 'LONG')
/** Unsigned money. */
export const amount = kindOf<number>('amount', 'KRW', 'LONG')
/** Signed money. */
export const signedAmount = kindOf<number>('signed_amount', 'KRW', 'LONG')
/** HHMMSS of a Korean day, as µs since the epoch. */
export const time = kindOf<number>('time', 'time', 'TIMESTAMP')
/** YYYYMMDD, as µs of 00:00 UTC of that calendar date. */
export const date = kindOf<number>('date', 'date', 'TIMESTAMP')
/** HHMMSS as a length of time, in seconds. */
export const duration = kindOf<number>('duration', 'second', 'LONG')
/** A code of the venue, verbatim. */
export const code = kindOf<string>('code', 'none', 'SYMBOL')
/** A name; inner spaces belong to it. */
export const name = kindOf<string>('name', 'none', 'SYMBOL')
/** Text of unknown meaning or form, never read as number or time. */
export const text = kindOf<string>('text', 'none', 'VARCHAR')
/** A number that is a name: leading zeros kept. */
export const identifier = kindOf<string>('identifier', 'none', 'VARCHAR')
/** `Y` or `N`; SYMBOL, because a QuestDB BOOLEAN cannot be null. */
export const flag = kindOf<'Y' | 'N'>('flag', 'none', 'SYMBOL')
/** The keyed pseudonym of an account number; the number itself never reaches this point. */
export const account = kindOf<string>('account', 'none', 'SYMBOL')
/** FID 907: 1 becomes `sell`, 2 `buy`, the words of `side` everywhere. */
export const side = kindOf<'buy' | 'sell'>('side', 'none', 'SYMBOL')

/** The same field with another wording or unit; FID, title and kind stay. */
export function like<Value>(
  field: Field<Value>,
  difference: Partial<Pick<Field, 'title' | 'description' | 'unit' | 'note' | 'nullIf'>>,
): Field<Value> {
  return { ...field, ...difference }
}

/** One array of levels. */
export function levels(count: number, row: LadderRow): Ladder<readonly (number | null)[]> {
  return { shape: 'ladder', levels: count, rows: [row], questType: 'DOUBLE[]' }
}

/** Several arrays of the same levels, one below the other. */
export function ladder(count: number, rows: readonly LadderRow[]): Ladder<readonly (readonly (number | null)[])[]> {
  return { shape: 'ladder', levels: count, rows, questType: 'DOUBLE[][]' }
}

/** The aggressor's side, from the sign of a traded volume: `+` buy, `-` sell, otherwise null. */
export function sideOf(fid: number, description: string): Derived<'buy' | 'sell'> {
  return { shape: 'derived', from: { fid, take: 'side' }, description, questType: 'SYMBOL', unit: 'none' }
}

/** One element of a ladder as a plain column. */
export function levelOf(fid: number, description: string, questType: 'DOUBLE' | 'LONG', unit: Unit): Derived<number> {
  return { shape: 'derived', from: { fid, take: 'level' }, description, questType, unit }
}
