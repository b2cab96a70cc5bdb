import type { Feed } from './feed/feed.ts'
import type { Pace } from './feed/pace.ts'

/** Market → sessions: makes as many frames as are due and hands them to who wants them, for as long as someone does. Ends when the signal aborts. */
export async function play(feed: Feed, pace: Pace, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    if (feed.isIdle) {
      await feed.untilChanged(signal)
      pace.restart(performance.now())
      continue
    }
    feed.make(pace.due(performance.now()))
    await feed.breathe(pace.waitMs, signal)
  }
}
