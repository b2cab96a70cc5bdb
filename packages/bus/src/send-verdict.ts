import { isAbort } from '@tickhouse/runtime'
import { BusError, isRefused, isUnavailable, rootOf } from './errors.ts'
import { LeadersSplit } from './leader-watch.ts'

/**
 * What to do about a request that was not acknowledged.
 * `again`: the same request by the same identity, which Kafka appends once. `regroup`: the same, cut by other leaders.
 * `renew`: a new identity, after looking for what is there already. `refuse`: Kafka will never take it.
 */
export type SendVerdict = 'again' | 'regroup' | 'renew' | 'refuse'

/** Kafka forgets an identity that was silent for a day (`producer.id.expiration.ms`); long before that its numbers stop counting. */
const identityTrustMs = 10 * 60_000

/** Decides by the error, and by how long the request has been in doubt. */
export function sendVerdict(error: unknown, inDoubtMs: number): SendVerdict {
  if (error instanceof LeadersSplit) return 'regroup'
  if (isAbort(error) || isRefused(error)) return 'refuse'
  if (error instanceof BusError) return error.code === 'BUS_ACKNOWLEDGEMENT_INCOMPLETE' ? 'renew' : 'refuse'
  if (isUnavailable(error)) return inDoubtMs > identityTrustMs ? 'renew' : 'again'
  return rootOf(error).name?.startsWith('KafkaJS') === true ? 'renew' : 'refuse'
}
