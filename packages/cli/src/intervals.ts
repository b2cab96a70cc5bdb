import type { Interval } from './korean-time.ts'

/** Whether two stretches share a moment; one without length counts as its moment. */
export function overlaps(one: Interval, other: Interval): boolean {
  if (one.fromUs === one.toUs) return other.fromUs <= one.fromUs && one.fromUs < other.toUs
  return one.fromUs < other.toUs && other.fromUs < one.toUs
}

/** Some stretches in order, those that touch or overlap joined. */
export function joined(intervals: readonly Interval[]): Interval[] {
  const result: { fromUs: number; toUs: number }[] = []
  for (const { fromUs, toUs } of [...intervals].sort((a, b) => a.fromUs - b.fromUs)) {
    const last = result.at(-1)
    if (last !== undefined && fromUs <= last.toUs) last.toUs = Math.max(last.toUs, toUs)
    else result.push({ fromUs, toUs })
  }
  return result
}

/** What of the stretches lies within a window. */
export function within(intervals: readonly Interval[], window: Interval): Interval[] {
  return intervals
    .map(({ fromUs, toUs }) => ({ fromUs: Math.max(fromUs, window.fromUs), toUs: Math.min(toUs, window.toUs) }))
    .filter(({ fromUs, toUs }) => fromUs < toUs)
}

/** What of a window no stretch covers. */
export function uncovered(window: Interval, intervals: readonly Interval[]): Interval[] {
  const edges = joined(within(intervals, window))
  const starts = [window.fromUs, ...edges.map(({ toUs }) => toUs)]
  const ends = [...edges.map(({ fromUs }) => fromUs), window.toUs]
  return starts.map((fromUs, index) => ({ fromUs, toUs: ends[index]! })).filter(({ fromUs, toUs }) => fromUs < toUs)
}

/** How many seconds the stretches cover, what overlaps counted once. */
export function secondsOf(intervals: readonly Interval[]): number {
  return joined(intervals).reduce((sum, { fromUs, toUs }) => sum + toUs - fromUs, 0) / 1e6
}
