import { backoffMs, delay, type Logger, untilAborted } from '@tickhouse/runtime'
import type { Cluster } from 'kafkajs'
import { isSilence, isUnavailable, reasonOf, rootOf } from '../errors.ts'
import { forMoment, inTime } from '../in-time.ts'

/** What repeating a request needs to say so and to end. */
export interface PersistOptions {
  readonly log: Logger
  readonly signal?: AbortSignal | undefined
  readonly onRetry?: (error: unknown) => void
}

const recoveryMs = 30_000

/** Repeats a request until Kafka answers it; dead connections are dropped and the leaders looked up between attempts. */
export async function persist<T>(cluster: Cluster, request: () => Promise<T>, { log, signal, onRetry }: PersistOptions): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    signal?.throwIfAborted()
    try {
      return await untilAborted(request(), signal)
    } catch (error) {
      if (!isUnavailable(error)) throw error
      onRetry?.(error)
      const delayMs = backoffMs(attempt, { baseMs: 100, maxMs: 1_500 })
      log.warn({ reason: reasonOf(error), detail: rootOf(error).message, attempt, delayMs }, 'Reading from Kafka failed, trying again')
      await delay(delayMs, signal)
      await recovering(cluster, error, signal)
    }
  }
}

/** Makes a cluster ready for another attempt, as far as that can be done in good time: what stands in its way, the attempt will find. */
export async function recovering(cluster: Cluster, error: unknown, signal: AbortSignal | undefined): Promise<void> {
  await untilAborted(inTime(recover(cluster, error), recoveryMs), signal).catch(() => signal?.throwIfAborted())
}

async function recover(cluster: Cluster, error: unknown): Promise<void> {
  if (isSilence(error)) await forMoment(cluster.disconnect())
  const { host, port } = rootOf(error) as { host?: string; port?: number }
  if (host !== undefined && port !== undefined) cluster.removeBroker({ host, port })
  await cluster.connect()
  await cluster.refreshMetadata()
}
