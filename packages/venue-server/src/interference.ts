import type { Pair } from '@tickhouse/kiwoom'

/** What can be refused. */
export type Refusable = 'token' | 'login' | 'registration' | 'list'

/** What comes between a client and the venue's usual answer: where faults are made, they are made here. */
export interface Interference {
  /** The code to refuse the next request of that kind with, or null where it is to be treated as always. */
  refusalOf(what: Refusable): number | null
  /** The code to refuse a registration with for one of its pairs, or null. */
  refusalOfPairs(pairs: readonly Pair[]): number | null
  /** Whether nothing is sent of an item, although it is registered as any other. */
  isMuted(item: string): boolean
  /** A text that comes before the answer to the next LOGIN. */
  takeEarlyText(): string | undefined
  /** Whether the connection that was opened just now is to be closed at once. */
  takeHangUp(): boolean
}

/** A venue that does what it should. */
export const noInterference: Interference = {
  refusalOf: () => null,
  refusalOfPairs: () => null,
  isMuted: () => false,
  takeEarlyText: () => undefined,
  takeHangUp: () => false,
}
