/** A file of a folder that only grows. */
export interface GrownFile {
  readonly bytes: number
  readonly bornMs: number
  readonly modifiedMs: number
}

/** How fast a folder grows, and over how long that was seen. */
export interface Growth {
  readonly bytesPerMs: number
  readonly seenMs: number
}

const [hourMs, dayMs] = [3_600_000, 86_400_000]
const leastMs = 60_000

/**
 * How fast files grew: in the last day when they tell of a whole day, else in the last hour, else since the first of them.
 * A file is taken to have grown evenly from its birth to its last change. Undefined when less than a minute is told of.
 */
export function growthOf(files: readonly GrownFile[], nowMs: number): Growth | undefined {
  const ageMs = nowMs - Math.min(nowMs, ...files.map(({ bornMs }) => bornMs))
  if (ageMs < leastMs) return undefined
  const seenMs = ageMs >= dayMs ? dayMs : Math.min(ageMs, hourMs)
  const grown = files.reduce((sum, file) => sum + grownSince(file, nowMs - seenMs), 0)
  return { bytesPerMs: grown / seenMs, seenMs }
}

function grownSince({ bytes, bornMs, modifiedMs }: GrownFile, sinceMs: number): number {
  if (modifiedMs < sinceMs) return 0
  if (bornMs >= sinceMs) return bytes
  return (bytes * (modifiedMs - sinceMs)) / (modifiedMs - bornMs)
}
