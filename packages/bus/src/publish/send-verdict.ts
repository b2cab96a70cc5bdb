import { isAbort } from '@tickhouse/runtime'
import { BusError, isRefused, isRefusedReason, isUnavailable, reasonOf, rootOf } from '../errors.ts'
import { LeadersSplit } from '../leaders.ts'

/**
 * What to do about a request that was not acknowledged.
 * `again`: the same request by the same identity, which Kafka appends once. `regroup`: the same, cut by other leaders.
 * `renew`: a new identity, after looking up what Kafka already has. `retime`: another time of the records. `split`: smaller batches.
 * `refuse`: Kafka will never take it.
 */
export type SendVerdict = 'again' | 'regroup' | 'renew' | 'retime' | 'split' | 'refuse'

/** Kafka forgets an identity that was silent for a day (`producer.id.expiration.ms`); long before that its numbers stop counting. */
const identityTrustMs = 10 * 60_000

const tooLarge: ReadonlySet<string> = new Set(['MESSAGE_TOO_LARGE', 'RECORD_LIST_TOO_LARGE'])

/** What follows from one partition's answer, by Kafka's name of the error; undefined where it took what was sent, or may take it later. */
export function sendVerdictOf(reason: string | undefined): Extract<SendVerdict, 'retime' | 'split' | 'refuse'> | undefined {
  if (reason === undefined) return undefined
  if (reason === 'INVALID_TIMESTAMP') return 'retime'
  if (tooLarge.has(reason)) return 'split'
  return isRefusedReason(reason) ? 'refuse' : undefined
}

/** Decides by the error, and by how long the request has been in doubt. */
export function sendVerdict(error: unknown, inDoubtMs: number): SendVerdict {
  if (error instanceof LeadersSplit) return 'regroup'
  const byReason = isAbort(error) || error instanceof BusError ? undefined : sendVerdictOf(reasonOf(error))
  if (byReason !== undefined) return byReason
  if (isAbort(error) || isRefused(error)) return 'refuse'
  if (error instanceof BusError) return error.code === 'BUS_ACKNOWLEDGEMENT_INCOMPLETE' ? 'renew' : 'refuse'
  if (isUnavailable(error)) return inDoubtMs > identityTrustMs ? 'renew' : 'again'
  return rootOf(error).name?.startsWith('KafkaJS') === true ? 'renew' : 'refuse'
}
