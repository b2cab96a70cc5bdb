import { type Credentials, environments, simulatorCredentials, type VenueLimits } from '@tickhouse/kiwoom'
import { type Clock, systemClock } from '@tickhouse/runtime'

/** How the venue behaves towards everyone. */
export interface VenueOptions {
  /** The key pairs that get a token; `any` takes every pair. */
  readonly credentials: readonly Credentials[] | 'any'
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
  readonly clock: Pick<Clock, 'nowMs'>
}

/** How it behaves when nothing else is said. */
export const usualVenue: VenueOptions = {
  credentials: [simulatorCredentials],
  tokenMs: 24 * 3_600_000,
  tokenRequestsPerSecond: 5,
  limits: environments.simulator.limits,
  loginMs: 10_000,
  loginAnswerMs: 20,
  settleMs: 600,
  clock: systemClock,
}
