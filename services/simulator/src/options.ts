import { type Credentials, environments, simulatorCredentials, type VenueLimits } from '@tickhouse/kiwoom'
import type { Clock } from '@tickhouse/runtime'
import { systemClock } from '@tickhouse/runtime'
import type { ScriptedFault } from './faults.ts'

/** How a simulator behaves; everything has a default. */
export interface SimulatorOptions {
  readonly host: string
  /** 0 takes a free one. */
  readonly port: number
  /** REAL frames per second; 0 sends as fast as the reader reads. */
  readonly rate: number
  /** The same seed and registrations give the same frames. */
  readonly seed: number
  /** A folder of `.json` files, each a REAL frame: these are sent once, byte for byte, instead of a made-up market. */
  readonly framesDirectory: string | null
  /** Stop making frames after so many; null goes on. */
  readonly maxFrames: number | null
  /** A file that gets a line of JSON for every frame; null keeps none. */
  readonly ledgerFile: string | null
  /** Whether the entries of the ledger stay in memory too; they grow with every frame. */
  readonly keepLedger: boolean
  readonly credentials: readonly Credentials[]
  /** How long a token is valid. */
  readonly tokenMs: number
  /** Token requests that pass per second. */
  readonly tokenRequestsPerSecond: number
  readonly limits: VenueLimits
  /** How long a connection may stay without LOGIN. */
  readonly loginMs: number
  /** How long the answer to a LOGIN takes; a request that arrives before it is ignored (100013). */
  readonly loginAnswerMs: number
  /** A session gets frames once its registrations have been quiet for so long, so that they do not depend on the pace of its requests. */
  readonly settleMs: number
  readonly faults: readonly ScriptedFault[]
  readonly clock: Pick<Clock, 'nowMs'>
}

/** What a simulator does when it is told nothing else. */
export const defaultOptions: SimulatorOptions = {
  host: '127.0.0.1',
  port: 0,
  rate: 50,
  seed: 1,
  framesDirectory: null,
  maxFrames: null,
  ledgerFile: null,
  keepLedger: true,
  credentials: [simulatorCredentials],
  tokenMs: 24 * 3_600_000,
  tokenRequestsPerSecond: 5,
  limits: environments.simulator.limits,
  loginMs: 10_000,
  loginAnswerMs: 20,
  settleMs: 600,
  faults: [],
  clock: systemClock,
}
