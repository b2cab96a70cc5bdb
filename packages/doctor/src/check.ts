import type { Bus } from '@tickhouse/bus'
import { answersOf, type KnownServices, type RunFile, type SeenCollector } from '@tickhouse/page'
import type { CollectorStatus, Env } from '@tickhouse/runtime'
import type { Store } from '@tickhouse/store'

/** How a check ended; `skipped` when it could not be made. */
export type CheckVerdict = 'ok' | 'warn' | 'fail' | 'skipped'

/** What a check found, and the command or setting that mends it. */
export interface Judgement {
  readonly verdict: CheckVerdict
  readonly found: string
  readonly mend: string | null
}

/** One line of the doctor's report. */
export interface Finding extends Judgement {
  readonly check: string
}

export function ok(found: string): Judgement {
  return { verdict: 'ok', found, mend: null }
}

export function warn(found: string, mend: string): Judgement {
  return { verdict: 'warn', found, mend }
}

export function fail(found: string, mend: string): Judgement {
  return { verdict: 'fail', found, mend }
}

export function skipped(reason: string): Judgement {
  return { verdict: 'skipped', found: reason, mend: null }
}

/** What the doctor looks at; what is undefined was named nowhere. */
export interface Installation {
  readonly env: Env
  /** The data folder of `tickhouse start`. */
  readonly data: string
  /** What a running start says of itself. */
  readonly run: RunFile | undefined
  /** Services that the environment names, or those of the running start. */
  readonly services: KnownServices | undefined
  /** The collectors of them, as they answered. */
  readonly collectors: readonly SeenCollector[]
  readonly brokers: readonly string[]
  readonly bus: Bus | undefined
  readonly store: Store | undefined
  /** One for each collector. */
  readonly journalDirectories: readonly string[]
  /** How long Kafka's readers or QuestDB may be away without a loss. */
  readonly outageBudgetMs: number
  /** Ask the venue for a token even while a collector is logged in. */
  readonly askForToken: boolean
}

/** One thing to look at; makes one judgement or several. */
export interface Check {
  readonly name: string
  /** What has to be there and to answer. */
  readonly needs: readonly ('kafka' | 'questdb' | 'journal' | 'services')[]
  look(installation: Installation, signal: AbortSignal): Promise<readonly Judgement[]>
}

/** What the collectors that answer say of themselves; undefined when none does. */
export function collectorsOf({ collectors }: Installation): CollectorStatus[] | undefined {
  const answers = answersOf(collectors)
  return answers.length === 0 ? undefined : answers
}
