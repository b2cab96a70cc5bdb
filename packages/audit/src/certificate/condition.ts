import type { Condition } from '@tickhouse/catalogue'

/** What is known about a date, of one dataset or of all; the lists hold sentences. */
export interface Facts {
  /** Whether anything of that date was captured. */
  readonly captured: boolean
  /** Why the market was closed all day; null when it was open, or when that is unknown. */
  readonly closed: string | null
  /** What must happen before the date can be judged: the window to end, a session to be closed. */
  readonly unfinished: readonly string[]
  /** What is on its way to Kafka or QuestDB. */
  readonly late: readonly string[]
  /** What was captured and is not where it must be. */
  readonly lost: readonly string[]
  /** When records may be missing that never arrived, within the window. */
  readonly gaps: readonly string[]
  /** Dead letters that have not been made good. */
  readonly letters: readonly string[]
}

/**
 * What a date is worth, in one word. On a day without market nothing is missing when nothing was captured. Before a date is over nothing is said about what is missing; what
 * nothing was captured of has nothing on its way; what is on its way is not lost yet; and what is over is complete unless something is known to be missing.
 */
export function conditionOf({ captured, closed, unfinished, late, lost, gaps, letters }: Facts): Condition {
  if (!captured && closed !== null && lost.length === 0) return 'closed'
  if (unfinished.length > 0) return 'pending'
  if (!captured) return 'missing'
  if (late.length > 0) return 'pending'
  return lost.length + gaps.length + letters.length > 0 ? 'degraded' : 'complete'
}

/** Why it is not complete, in sentences; empty when it is. */
export function reasonsOf(facts: Facts): string[] {
  const { captured, closed, unfinished, late, lost, gaps, letters } = facts
  if (conditionOf(facts) === 'closed') return [`the market was closed: ${closed}`]
  const nothing = captured ? [] : ['nothing was captured']
  return [...unfinished, ...nothing, ...late, ...lost, ...(captured ? gaps : []), ...letters]
}
