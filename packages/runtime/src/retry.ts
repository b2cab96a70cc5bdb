import { delay } from './waiting.ts'

/** How often and how long `retry` tries; the waits are between 0 and the current cap, which doubles from `baseMs` to `maxMs`. */
export interface RetryOptions {
  readonly signal: AbortSignal
  readonly baseMs?: number
  readonly maxMs?: number
  readonly shouldRetry?: (error: unknown) => boolean
  readonly onRetry?: (error: unknown, attempt: number, delayMs: number) => void
  readonly random?: () => number
}

/** Calls `fn` (attempts count from 1) until it succeeds, an error is not worth trying again, or the signal aborts; full jitter, capped. */
export async function retry<T>(fn: (attempt: number) => Promise<T>, options: RetryOptions): Promise<T> {
  const { signal, shouldRetry = isRetriable, onRetry } = options
  for (let attempt = 1; ; attempt++) {
    signal.throwIfAborted()
    try {
      return await fn(attempt)
    } catch (error) {
      if (signal.aborted || !shouldRetry(error)) throw error
      const delayMs = backoffMs(attempt, options)
      onRetry?.(error, attempt, delayMs)
      await delay(delayMs, signal)
    }
  }
}

/** The wait after the given failed attempt (1, 2, …): anywhere between 0 and the cap. */
export function backoffMs(
  attempt: number,
  { baseMs = 100, maxMs = 10_000, random = Math.random }: Pick<RetryOptions, 'baseMs' | 'maxMs' | 'random'> = {},
): number {
  return Math.round(random() * Math.min(maxMs, baseMs * 2 ** (attempt - 1)))
}

function isRetriable(error: unknown): boolean {
  return (error as { retriable?: boolean } | null)?.retriable !== false
}
