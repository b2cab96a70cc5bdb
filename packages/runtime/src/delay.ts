import { setTimeout as wait } from 'node:timers/promises'

/** Resolves after `ms`; rejects with an AbortError as soon as the signal aborts. */
export async function delay(ms: number, signal?: AbortSignal): Promise<void> {
  await wait(ms, undefined, signal === undefined ? {} : { signal })
}
