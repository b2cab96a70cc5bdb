import type { ProcessHealth } from '../run-status.ts'
import type { Snapshot } from '../start/observe.ts'

/** One process, and what it uses. */
export interface ProcessState extends ProcessHealth {
  /** Share of one processor; undefined at the first look, and where there is no /proc. */
  readonly cpu: number | undefined
  readonly memoryBytes: number | undefined
}

/** How much was lost since midnight in Seoul. */
export interface Today {
  readonly gaps: number
  readonly deadLetters: number
}

/** Everything that `top` shows at one moment. */
export interface TopState {
  readonly snapshot: Snapshot
  readonly processes: readonly ProcessState[]
  /** Undefined when QuestDB does not answer. */
  readonly today: Today | undefined
  readonly runningMs: number
  /** The start itself is there, which runs again what ends. */
  readonly isSupervised: boolean
  readonly data: string
}
