import { koreanTime, readTime } from '@tickhouse/calendar'

/** Milliseconds since the epoch of a Korean wall time written YYYYMMDDHHMMSS; null where it is no such time. */
export function koreanTimeToMs(text: string): number | null {
  const [, date, clock] = /^(\d{8})(\d{6})$/.exec(text) ?? []
  if (date === undefined || clock === undefined) return null
  const time = readTime(
    `${date.slice(0, 4)}-${date.slice(4, 6)}-${date.slice(6)}T${clock.slice(0, 2)}:${clock.slice(2, 4)}:${clock.slice(4)}`,
    0,
  )
  return time === undefined ? null : time.fromUs / 1000
}

/** The Korean wall time of a moment as YYYYMMDDHHMMSS. */
export function koreanTimeText(ms: number): string {
  return koreanTime(ms * 1000)
    .slice(0, 19)
    .replace(/\D/g, '')
}
