import type { Letter } from './letters.ts'

/** What became of a dead letter that was retried. */
export interface Outcome {
  readonly id: string
  readonly stage: string
  readonly reason: string
  readonly outcome: 'stored' | 'can be stored' | 'already there' | 'still refused'
  /** Why it is still refused. */
  readonly detail: string | null
}

/** The outcome for a letter. */
export function outcomeOf({ id, stage, reason }: Letter, outcome: Outcome['outcome'], detail: string | null = null): Outcome {
  return { id, stage, reason, outcome, detail }
}

/** A record that was tried: why it still cannot be stored, or that it was (`can be` in a dry run). */
export function triedOutcome(letter: Letter, refusal: string | undefined, dryRun: boolean): Outcome {
  return refusal === undefined ? outcomeOf(letter, dryRun ? 'can be stored' : 'stored') : outcomeOf(letter, 'still refused', refusal)
}
