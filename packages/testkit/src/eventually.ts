import { delay } from '@tickhouse/runtime'
import { scaledTimeout } from './scaled-timeout.ts'

/** How long something may take on the usual machine, and how often to look. */
export interface EventuallyOptions {
  readonly timeoutMs?: number
  readonly intervalMs?: number
}

/** Calls `fn` until it neither throws nor returns false, and returns what it returned; past the time, throws what it threw last. */
export async function eventually<T>(fn: () => T | Promise<T>, { timeoutMs = 30_000, intervalMs = 50 }: EventuallyOptions = {}): Promise<T> {
  const deadline = performance.now() + scaledTimeout(timeoutMs)
  for (;;) {
    const outcome = await attempt(fn)
    if ('value' in outcome) return outcome.value
    if (performance.now() >= deadline) throw outcome.error
    await delay(intervalMs)
  }
}

async function attempt<T>(fn: () => T | Promise<T>): Promise<{ value: T } | { error: unknown }> {
  try {
    const value = await fn()
    return value === false ? { error: new Error('Expected it to become true, was false to the end') } : { value }
  } catch (error) {
    return { error }
  }
}
