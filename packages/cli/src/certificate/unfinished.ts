import { koreanTime } from '../korean-time.ts'
import type { SessionCounts } from '../verify/journal-counts.ts'
import type { Window } from './window.ts'

/** What tells whether a window can be judged. */
export interface Course {
  readonly window: Window
  readonly checkedAtUs: number
  readonly sessions: readonly SessionCounts[]
}

/**
 * A connection of which nothing came for this long is given up, and the gap reaches back to the last message: longer than KIWOOM_SILENCE is by default.
 */
const silenceUs = 60_000_000

/** What must happen before the window can be judged. A session that goes on does not matter once it is known to have lived beyond the end of the window. */
export function unfinishedOf({ window, checkedAtUs, sessions }: Course): string[] {
  if (checkedAtUs < window.toUs) return [`the window ends at ${koreanTime(window.toUs)}`]
  return sessions
    .filter(session => session.open && livedToUs(session) < window.toUs)
    .map(
      ({ session, openedAtUs, endedAtUs }) =>
        `session ${session}, open since ${koreanTime(openedAtUs)}, is not closed, and that it lived when the window ended is not known yet: ` +
        `its journal ends at ${koreanTime(endedAtUs)}`,
    )
}

/** Until when nothing that was sent can have gone unheard: the last frame shows it, and so does going on for long enough. */
function livedToUs({ heardAtUs, endedAtUs }: SessionCounts): number {
  return Math.max(heardAtUs, endedAtUs - silenceUs)
}
