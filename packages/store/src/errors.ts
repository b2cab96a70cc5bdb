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
] as const

export type StoreErrorCode = (typeof storeErrorCodes)[number]

/** Everything this package throws, besides the AbortError of a caller's signal. */
export class StoreError extends TickhouseError {
  declare readonly code: StoreErrorCode

  constructor(code: StoreErrorCode, message: string, options?: ConstructorParameters<typeof TickhouseError>[2]) {
    super(code, message, options)
  }
}
