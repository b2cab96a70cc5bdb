/** An interval of time in µs since 1970; `fromUs` is included, `toUs` is not. */
export interface Interval {
  readonly fromUs: number
  readonly toUs: number
}

/** All time that a safe integer can name in µs, up to the year 2255. */
export const always: Interval = { fromUs: 0, toUs: Number.MAX_SAFE_INTEGER }

/** Whether two intervals share a moment; an interval without length counts as its moment. */
export function overlaps(one: Interval, other: Interval): boolean {
  if (one.fromUs === one.toUs) return other.fromUs <= one.fromUs && one.fromUs < other.toUs
  return one.fromUs < other.toUs && other.fromUs < one.toUs
}

/** Intervals in order; those that touch or overlap are joined. */
export function joined(intervals: readonly Interval[]): Interval[] {
  const result: { fromUs: number; toUs: number }[] = []
  for (const { fromUs, toUs } of [...intervals].sort((a, b) => a.fromUs - b.fromUs)) {
    const last = result.at(-1)
    if (last !== undefined && fromUs <= last.toUs) last.toUs = Math.max(last.toUs, toUs)
    else result.push({ fromUs, toUs })
  }
  return result
}

/** The parts of intervals that lie within a window. */
export function within(intervals: readonly Interval[], window: Interval): Interval[] {
  return intervals
    .map(({ fromUs, toUs }) => ({ fromUs: Math.max(fromUs, window.fromUs), toUs: Math.min(toUs, window.toUs) }))
    .filter(({ fromUs, toUs }) => fromUs < toUs)
}

/** The parts of a window that no interval covers. */
export function uncovered(window: Interval, intervals: readonly Interval[]): Interval[] {
  const edges = joined(within(intervals, window))
  const starts = [window.fromUs, ...edges.map(({ toUs }) => toUs)]
  const ends = [...edges.map(({ fromUs }) => fromUs), window.toUs]
  return starts.map((fromUs, index) => ({ fromUs, toUs: ends[index]! })).filter(({ fromUs, toUs }) => fromUs < toUs)
}

/** The number of seconds that intervals cover; overlaps count once. */
export function secondsOf(intervals: readonly Interval[]): number {
  return joined(intervals).reduce((sum, { fromUs, toUs }) => sum + toUs - fromUs, 0) / 1e6
}
