import { type Chunk, countUpTo, lastTimeOf, leftIn, shareOf } from './chunk.ts'
import { timeOf } from './record-head.ts'

/** How long rows may be held for the sake of their order. */
export interface TimeOrderLimits {
  /** What was written to one partition is soon followed by what was written to the others with it. */
  readonly settleMs: number
  /** Nothing is held for longer than this. */
  readonly orderWaitMs: number
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

/** The same, with what was read of it and waits. */
export interface Place extends Passed {
  readonly chunks: readonly Chunk[]
}

/** Up to which time records of a topic may be stored, µs. */
export interface ReleaseLimits {
  /** Every partition has passed this time. */
  readonly passedUs: number
  /** Every partition has passed this time or is at its end: for records that came a moment ago, or were followed by others. */
  readonly settledUs: number
}

/** The next records of a chunk, so many of them. */
export interface Piece<P extends Place = Place> {
  readonly place: P
  readonly chunk: Chunk
  readonly count: number
}

/** The moment for which it is decided. */
export interface ReleaseMoment {
  /** By the monotonic clock. */
  readonly nowMs: number
  /** How many polls have brought something of this table. */
  readonly turn: number
  /** The time of the oldest record that is known to have an older one missing, µs. */
  readonly aheadUs: number
}

/**
 * Up to which time nothing older is to be expected. A partition at its end may still be about to get the rest of a request that others have already got,
 * so its end counts for records that have settled only. A partition that brings nothing although Kafka has more is waited for no longer than `orderWaitMs`.
 */
export function releaseLimits(
  partitions: Iterable<Passed>,
  nowMs: number,
  { orderWaitMs }: Pick<TimeOrderLimits, 'orderWaitMs'>,
): ReleaseLimits {
  let [passedUs, settledUs] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY]
  for (const { passedUs: own, isAtEnd, heardAtMs } of partitions) {
    if (!isAtEnd && nowMs - heardAtMs >= orderWaitMs) continue
    passedUs = Math.min(passedUs, own)
    if (!isAtEnd) settledUs = Math.min(settledUs, own)
  }
  return { passedUs, settledUs }
}

/**
 * The pieces that may be stored, in order for each partition; none later than `cutUs`. What has been held for too long goes, with all that is older. Nothing
 * else goes before an older record that stays.
 */
export function releasable<P extends Place>(
  places: readonly P[],
  { nowMs, turn, aheadUs }: ReleaseMoment,
  limits: TimeOrderLimits,
  cutUs = Number.POSITIVE_INFINITY,
): Piece<P>[] {
  const { passedUs, settledUs } = releaseLimits(places, nowMs, limits)
  const isOver = ({ readAtMs, isGivenUp }: Chunk) => isGivenUp || nowMs - readAtMs >= limits.orderWaitMs
  const isSettled = (chunk: Chunk) => chunk.isNumbered || chunk.turn < turn || nowMs - chunk.readAtMs >= limits.settleMs
  let overUs = Number.NEGATIVE_INFINITY
  for (const { chunks } of places) for (const chunk of chunks) if (isOver(chunk)) overUs = Math.max(overUs, lastTimeOf(chunk))
  const limitOf = (chunk: Chunk) => Math.max(overUs, isSettled(chunk) ? Math.min(settledUs, aheadUs - 1) : passedUs)
  const heldUs = firstBehind(places, limitOf)
  return piecesUpTo(places, chunk => Math.min(cutUs, isOver(chunk) ? Number.POSITIVE_INFINITY : Math.min(limitOf(chunk), heldUs - 1)))
}

/** The time up to which these pieces are about so many bytes, µs. */
export function cutFor(pieces: readonly Piece[], maxBytes: number): number {
  const sizes = pieces.map(({ chunk, count }) => ({
    lastUs: timeOf(chunk.part.records[chunk.taken + count - 1]!),
    bytes: shareOf(chunk, count),
  }))
  let bytes = 0
  for (const piece of sizes.sort((a, b) => a.lastUs - b.lastUs)) {
    bytes += piece.bytes
    if (bytes >= maxBytes) return piece.lastUs
  }
  return Number.POSITIVE_INFINITY
}

function piecesUpTo<P extends Place>(places: readonly P[], limitOf: (chunk: Chunk) => number): Piece<P>[] {
  const pieces: Piece<P>[] = []
  for (const place of places)
    for (const chunk of place.chunks) {
      const count = countUpTo(chunk, limitOf(chunk))
      if (count > 0) pieces.push({ place, chunk, count })
      if (count < leftIn(chunk)) break
    }
  return pieces
}

/** The time of the oldest record that is beyond its limit, µs; Infinity when none is. */
function firstBehind(places: readonly Place[], limitOf: (chunk: Chunk) => number): number {
  let first = Number.POSITIVE_INFINITY
  for (const { chunks } of places)
    for (const chunk of chunks) {
      const { records } = chunk.part
      const index = chunk.taken + countUpTo(chunk, limitOf(chunk))
      if (index === records.length) continue
      first = Math.min(first, timeOf(records[index]!))
      break
    }
  return first
}
