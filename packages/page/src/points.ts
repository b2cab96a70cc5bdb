import type { PageState, Point, StationName } from './state.ts'

const keptMs = 600_000

/** What the plots need of a state. */
export function pointOf({ atMs, flows, freshness, latencyMs }: PageState): Point {
  const into = (station: StationName) => flows.find(({ to }) => to === station)?.perSecond ?? null
  return { atMs, captured: into('collector'), stored: into('questdb'), freshMs: freshness?.ageMs ?? null, latencyMs }
}

/** The points of the last ten minutes, with one more. */
export function withPoint(points: readonly Point[], point: Point): Point[] {
  return [...points.filter(({ atMs }) => atMs > point.atMs - keptMs), point]
}
