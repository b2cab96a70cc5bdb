import { retry, untilAborted } from '@tickhouse/runtime'
import type { Admin, Kafka } from 'kafkajs'
import { isUnavailable, reasonOf, rootOf, translate } from '../errors.ts'
import { forMoment } from '../in-time.ts'
import { type ReachOptions, untilReached } from '../reach.ts'

/** Repeats a call until Kafka answers it, within a bound that all calls of one task share; what cannot get better is thrown at once. */
export type Again = <T>(call: () => Promise<T>) => Promise<T>

/**
 * Does something with kafkajs' admin client over a connection of its own; waits for Kafka. The work repeats its calls by `again`: a topic that
 * was made a moment ago is not known to every broker yet, and a controller or a leader may be moving.
 */
export async function withAdmin<T>(
  kafka: Kafka,
  reach: ReachOptions,
  doing: string,
  work: (admin: Admin, again: Again) => Promise<T>,
): Promise<T> {
  const admin = kafka.admin()
  try {
    await untilReached(() => admin.connect(), reach)
    return await work(admin, repeating(reach))
  } catch (error) {
    throw translate(error, doing)
  } finally {
    await forMoment(admin.disconnect())
  }
}

/** How long calls are repeated, counted from the first one. */
const timeoutMs = 45_000

/** Repeats what Kafka may be able to do a moment later, for up to `boundMs` together; each call is made once at least. */
export function repeating({ log, signal }: Pick<ReachOptions, 'log' | 'signal'>, boundMs = timeoutMs): Again {
  const deadline = performance.now() + boundMs
  return call =>
    retry(() => untilAborted(call(), signal), {
      signal: signal ?? new AbortController().signal,
      baseMs: 200,
      maxMs: 2_000,
      shouldRetry: error => isUnavailable(error) && performance.now() < deadline,
      onRetry: (error, attempt, delayMs) =>
        log.info({ attempt, delayMs, reason: reasonOf(error), detail: rootOf(error).message }, 'Kafka cannot do this yet, trying again'),
    })
}
