import { backoffMs, delay, isAbort, messageOf } from '@tickhouse/runtime'
import type { Exit } from '@tickhouse/stack'

/** A server that has ended, and how to start it again. */
export interface EndedServer {
  readonly name: string
  readonly exit: Exit
  readonly again: () => Promise<void>
  readonly say: (sentence: string) => void
  readonly signal: AbortSignal
}

/** Starts a server again that ended by itself, with growing pauses, until it runs or the signal aborts; says what happens. */
export async function keepRunning({ name, exit: { code, signal: killedBy }, again, say, signal }: EndedServer): Promise<void> {
  say(`${name} ended by itself (${code === null ? killedBy : `exit code ${code}`}), starting it again`)
  for (let attempt = 1; !signal.aborted; attempt++) {
    try {
      await delay(500 + backoffMs(attempt, { minMs: 500, maxMs: 30_000 }), signal)
      await again()
      return say(`${name} runs again`)
    } catch (error) {
      if (!isAbort(error)) say(`${name} could not be started again: ${messageOf(error)}`)
    }
  }
}
