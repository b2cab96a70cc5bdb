import type { Credentials, VenueLimits } from '@tickhouse/kiwoom'
import type { Clock } from '@tickhouse/runtime'

/** How the venue behaves towards everyone. */
export interface VenueOptions {
  readonly credentials: readonly Credentials[]
  /** How long a token is valid. */
  readonly tokenMs: number
  readonly limits: VenueLimits
  /** How long a connection may stay without LOGIN. */
  readonly loginMs: number
  /** How long the answer to a LOGIN takes; a request that arrives before it is ignored (100013). */
  readonly loginAnswerMs: number
  /** A session gets frames once its registrations have been quiet for so long, so that they do not depend on the pace of its requests. */
  readonly settleMs: number
  readonly clock: Pick<Clock, 'nowMs'>
}
