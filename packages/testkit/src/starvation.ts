/** A stretch of time, ms since 1970, in which a process wanted to run and was not let, by the machine or by whoever froze it: for how long of it, ms. */
export interface Starved {
  readonly fromMs: number
  readonly toMs: number
  readonly starvedMs: number
}

/** What a process knows of a stretch of time in which it meant to look at its clock just once: at the end of `wantedMs`. */
export interface TimedWait {
  readonly wantedMs: number
  readonly tookMs: number
  /** How long its event loop was at work. */
  readonly activeMs: number
  /** How long it had a processor. */
  readonly processorMs: number
}

/**
 * For how long of a turn the process was not let run, ms: it was late, or its loop was at work without a processor. What it computed itself is no
 * starvation: a service that blocks its own event loop has no excuse.
 */
export function starvedIn({ wantedMs, tookMs, activeMs, processorMs }: TimedWait): number {
  const late = tookMs - wantedMs - processorMs
  const waiting = activeMs - processorMs
  return Math.max(0, Math.round(Math.max(late, waiting)))
}

/** How long one of the processes was starved between two times at the most, ms. */
export function starvedBetween(fromMs: number, toMs: number, stretches: Iterable<readonly Starved[]>): number {
  let most = 0
  for (const ofOne of stretches) {
    const met = ofOne.filter(stretch => stretch.fromMs < toMs && stretch.toMs > fromMs)
    most = Math.max(
      most,
      met.reduce((sum, { starvedMs }) => sum + starvedMs, 0),
    )
  }
  return most
}
