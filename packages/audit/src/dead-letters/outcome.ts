import type { Bus } from '@tickhouse/bus'
import type { Doing } from '@tickhouse/runtime'
import type { Store } from '@tickhouse/store'
import type { DeadLetter } from './letters.ts'

/** With what dead letters are retried. */
export interface DeadLetterRetryOptions extends Doing {
  /** One for each collector. */
  readonly journalDirectories: readonly string[]
  readonly bus: Bus
  readonly store: Store
  readonly dryRun: boolean
}

/** What became of a dead letter that was retried. */
export interface RetryOutcome {
  readonly id: string
  readonly stage: string
  readonly reason: string
  readonly outcome: 'stored' | 'can be stored' | 'already there' | 'still refused'
  /** Why it is still refused. */
  readonly detail: string | null
}

/** The outcome for a letter. */
export function outcomeOf({ id, stage, reason }: DeadLetter, outcome: RetryOutcome['outcome'], detail: string | null = null): RetryOutcome {
  return { id, stage, reason, outcome, detail }
}

/** A record that was tried: why it still cannot be stored, or that it was (`can be` in a dry run). */
export function triedOutcome(letter: DeadLetter, refusal: string | undefined, dryRun: boolean): RetryOutcome {
  return refusal === undefined ? outcomeOf(letter, dryRun ? 'can be stored' : 'stored') : outcomeOf(letter, 'still refused', refusal)
}
