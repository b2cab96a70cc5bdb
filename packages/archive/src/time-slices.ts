import type { Interval } from '@tickhouse/calendar'

/** How many rows a minute has; times in µs since 1970. */
export interface MinuteRows {
  readonly fromUs: number
  readonly rows: number
}

/** Some minutes that follow each other, and their rows. */
export interface TimeSlice extends Interval {
  readonly rows: number
}

const minuteUs = 60_000_000

/** Cuts time into slices of at most so many rows, between minutes; a minute with more is a slice of its own. Minutes rise; those without rows may be left out. */
export function timeSlices(minutes: readonly MinuteRows[], maxRows: number): TimeSlice[] {
  const slices: TimeSlice[] = []
  for (const { fromUs, rows } of minutes) {
    const toUs = fromUs + minuteUs
    const last = slices.at(-1)
    if (last !== undefined && last.rows + rows <= maxRows) slices[slices.length - 1] = { fromUs: last.fromUs, toUs, rows: last.rows + rows }
    else slices.push({ fromUs, toUs, rows })
  }
  return slices
}
