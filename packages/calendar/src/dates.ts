/** Korea has no summer time. */
const offsetMs = 9 * 3_600_000
const dayMs = 24 * 3_600_000

/** A Korean date as `2026-11-19`. */
export type KoreanDate = string

/** True for a date that the calendar has. */
export function isDate(text: string): boolean {
  return /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(text)) && new Date(Date.parse(text)).toISOString().startsWith(text)
}

/** The date `days` later, or earlier. */
export function dateAfter(date: KoreanDate, days = 1): KoreanDate {
  return new Date(Date.parse(date) + days * dayMs).toISOString().slice(0, 10)
}

export function isWeekend(date: KoreanDate): boolean {
  return new Date(Date.parse(date)).getUTCDay() % 6 === 0
}

/** The Korean date of a moment, µs since the epoch. */
export function dateAt(us: number): KoreanDate {
  return new Date(us / 1000 + offsetMs).toISOString().slice(0, 10)
}

/** The moment of a clock time on a Korean date, µs since the epoch; `24:00` is the end of the day. */
export function momentOf(date: KoreanDate, clock: string): number {
  const [hours, minutes, seconds = 0] = clock.split(':').map(Number)
  return (Date.parse(date) - offsetMs + ((hours! * 60 + minutes!) * 60 + seconds) * 1_000) * 1_000
}

/** True for `09:00` and `09:00:30`, up to `24:00`. */
export function isClock(text: string): boolean {
  return /^([01]\d|2[0-3]):[0-5]\d(:[0-5]\d)?$/.test(text) || text === '24:00'
}
