import { Turn } from '@tickhouse/runtime'
import type { Audience } from './audience.ts'
import type { ReplayEvent } from './events.ts'
import type { ReplayClock } from './replay-clock.ts'

/** What a replay plays with. */
export interface PlayDeps {
  readonly clock: ReplayClock
  readonly audience: Audience
  /** Whether nobody notices where a session ended. */
  readonly skipsGaps: boolean
}

/**
 * Journal → clients: each frame at its time, as long as somebody listens. While nobody does, or somebody is slow to read, time stands still, so that nothing is
 * passed over. It begins with the first frame. Ends behind the last one, or when the signal aborts.
 */
export async function playBack(
  pieces: AsyncIterable<readonly ReplayEvent[]>,
  { clock, audience, skipsGaps }: PlayDeps,
  signal: AbortSignal,
): Promise<void> {
  const turn = new Turn()
  let isBegun = false
  for await (const events of pieces)
    for (const event of events) {
      if (!isBegun) clock.setTo(event.timeUs)
      isBegun = event.kind === 'frame' || !skipsGaps
      if (event.kind === 'end' && skipsGaps) continue
      if (!audience.isReady || clock.msUntil(event.timeUs) > 0) await untilDue(event.timeUs, { clock, audience }, signal)
      if (signal.aborted) return
      if (event.kind === 'frame') audience.hand(event)
      else await audience.part(event)
      if (turn.isOver) await turn.next()
    }
}

async function untilDue(timeUs: number, { clock, audience }: Omit<PlayDeps, 'skipsGaps'>, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    if (!audience.isReady) await clock.standStill(() => audience.untilReady())
    else if (clock.msUntil(timeUs) <= 0) return
    else await clock.until(timeUs, audience.change)
  }
}
