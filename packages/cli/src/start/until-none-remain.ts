import { delay } from '@tickhouse/runtime'

/** How long to wait although nothing goes on, and how often to ask. */
export interface Patience {
  readonly signal: AbortSignal
  readonly idleMs: number
  readonly pollMs: number
}

/**
 * Waits as long as less and less remains, however long that takes: the patience begins again with each step forward. False when the patience is
 * over before nothing remains. `remaining` gives undefined when nobody answers.
 */
export async function untilNoneRemain(
  remaining: () => Promise<number | undefined>,
  { signal, idleMs, pollMs }: Patience,
): Promise<boolean> {
  let least = Number.POSITIVE_INFINITY
  let deadline = performance.now() + idleMs
  for (;;) {
    const left = await remaining()
    if (left === 0) return true
    if (left !== undefined && left < least) {
      least = left
      deadline = performance.now() + idleMs
    }
    if (performance.now() > deadline) return false
    await delay(pollMs, signal)
  }
}
