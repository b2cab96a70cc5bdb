import type { Bus } from '@tickhouse/bus'
import type { Env } from '@tickhouse/runtime'
import type { Store } from '@tickhouse/store'
import type { RunFile } from '../run-file.ts'
import type { Judgement } from './finding.ts'

/** What the doctor looks at; what is undefined was named nowhere. */
export interface Installation {
  readonly env: Env
  /** The data folder of `tickhouse start`. */
  readonly data: string
  /** What a running start says of itself. */
  readonly run: RunFile | undefined
  readonly brokers: readonly string[]
  readonly bus: Bus | undefined
  readonly store: Store | undefined
  readonly journalDirectory: string | undefined
  /** How long Kafka's readers or QuestDB may be away without a loss. */
  readonly outageBudgetMs: number
  /** Ask the venue for a token even while a collector is logged in. */
  readonly askForToken: boolean
}

/** One thing to look at; makes one judgement or several. */
export interface Check {
  readonly name: string
  /** What has to be there and to answer. */
  readonly needs: readonly ('kafka' | 'questdb' | 'journal' | 'run')[]
  look(installation: Installation, signal: AbortSignal): Promise<readonly Judgement[]>
}

/** Where a service of the running start serves /status and the like. */
export function httpOf({ run }: Pick<Installation, 'run'>, name: string): string | undefined {
  return run?.processes.find(process => process.name === name)?.http ?? undefined
}
