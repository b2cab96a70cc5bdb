import { datasetOfType } from '@tickhouse/catalogue'

/** What is registered: a type for an item. Market-wide and account types have the item `""`. */
export interface Pair {
  readonly type: string
  readonly item: string
}

/** True for types that follow the whole market or the account and are registered with the item `""`; their frames may name an item all the same. */
export function isMarketWide(type: string): boolean {
  const kind = datasetOfType(type)?.items
  return kind === 'market' || kind === 'account'
}
