import { delay, isAbort, untilAborted } from '@tickhouse/runtime'

/** Looks again and again until the signal aborts, with a wait after each look; one that fails, as QuestDB does not answer, changes nothing, and one under way is not waited for. */
export async function lookAgain(look: () => Promise<void>, waitMs: () => number, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await untilAborted(look(), signal).catch(() => {})
    await delay(waitMs(), signal).catch(error => {
      if (!isAbort(error)) throw error
    })
  }
}
