/** How long rows may be held for the sake of their order. */
export interface TimeOrderLimits {
  /** What was written to one partition is soon followed by what was written to the others with it. */
  readonly settleMs: number
  /** Nothing is held for longer than this. */
  readonly holdMs: number
}

/** How far one partition of a topic has come. */
export interface Passed {
  /** Time of the last record that was read, µs; -Infinity before the first. */
  readonly passedUs: number
  /** True when Kafka has no more of it. */
  readonly isAtEnd: boolean
  /** When something was last heard of it, ms by the monotonic clock. */
  readonly heardAtMs: number
}

/** Up to which time records of a topic may be stored, µs. */
export interface ReleaseLimits {
  /** Every partition has passed this time. */
  readonly passedUs: number
  /** Every partition has passed this time or is at its end: for records that came a moment ago, or were followed by others. */
  readonly settledUs: number
}

/**
 * Up to which time nothing older is to be expected. A partition at its end may still be about to get the rest of a request that others have already got,
 * so its end counts for records that have settled only. A partition that brings nothing although Kafka has more is waited for no longer than `holdMs`.
 */
export function releaseLimits(partitions: Iterable<Passed>, nowMs: number, { holdMs }: TimeOrderLimits): ReleaseLimits {
  let [passedUs, settledUs] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY]
  for (const { passedUs: own, isAtEnd, heardAtMs } of partitions) {
    if (!isAtEnd && nowMs - heardAtMs >= holdMs) continue
    passedUs = Math.min(passedUs, own)
    if (!isAtEnd) settledUs = Math.min(settledUs, own)
  }
  return { passedUs, settledUs }
}
