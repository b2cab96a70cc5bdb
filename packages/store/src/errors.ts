import { TickhouseError } from '@tickhouse/runtime'

/** What can go wrong between us and QuestDB; the README says what each means. */
export const storeErrorCodes = [
  'STORE_CONFIGURATION_INVALID',
  'STORE_UNREACHABLE',
  'STORE_TIMEOUT',
  'STORE_UNAVAILABLE',
  'STORE_REFUSED',
  'STORE_QUERY_FAILED',
  'STORE_TABLE_DIFFERS',
  'STORE_TABLE_SUSPENDED',
  'STORE_VIEW_REFUSED',
] as const

export type StoreErrorCode = (typeof storeErrorCodes)[number]

/** Every error that this package throws, except the AbortError of a caller's signal. */
export class StoreError extends TickhouseError {
  declare readonly code: StoreErrorCode

  constructor(code: StoreErrorCode, message: string, options?: ConstructorParameters<typeof TickhouseError>[2]) {
    super(code, message, options)
  }
}

/** QuestDB says it of this table, and answers for the others. */
export function isOfOneTable(error: unknown): boolean {
  return error instanceof StoreError && ['STORE_QUERY_FAILED', 'STORE_TABLE_SUSPENDED'].includes(error.code)
}
