/** A session by its times, µs. */
interface SessionTimes {
  readonly openedAtUs: number
  readonly endedAtUs?: number
}

/** Kafka finds records by their time; this much earlier is read, should clocks have been stepped. */
const marginMs = 1000

/**
 * Since when Kafka may have records that were captured from `fromUs` on, ms. Records from a clock that was ahead have an earlier time in Kafka, that of when they
 * were published, as Kafka takes no time that is far ahead of its own: where sessions of a journal do not follow each other in time, or are not over, all is read.
 */
export function kafkaSinceMs(fromUs: number, sessions: readonly SessionTimes[], nowMs = Date.now()): number {
  let latestUs = 0
  for (const { openedAtUs, endedAtUs = openedAtUs } of sessions) {
    if (openedAtUs < latestUs - marginMs * 1000) return 0
    latestUs = Math.max(latestUs, endedAtUs)
  }
  return latestUs > (nowMs + marginMs) * 1000 ? 0 : Math.floor(fromUs / 1000) - marginMs
}
