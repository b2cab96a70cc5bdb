import type { ProcessHealth } from '../run-status.ts'
import type { Snapshot } from '../start/observe.ts'

/** One process, and what it uses; of one that COLLECTOR_URL or SINK_URL names nobody knows that here. */
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
  /** The start that runs all this; undefined where the environment names the services. */
  readonly start: StartState | undefined
}

/** A running start. */
export interface StartState {
  readonly data: string
  readonly runningMs: number
  /** The start itself is there, which runs again what ends. */
  readonly isSupervised: boolean
}
