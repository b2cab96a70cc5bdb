import * as gazette from '@hyunbinseo/holidays-kr/all'
import { dateAfter, isWeekend, type KoreanDate } from './korean-time.ts'

const years = Object.values(gazette) as readonly Readonly<Record<KoreanDate, readonly string[]>>[]
const holidays: ReadonlyMap<KoreanDate, readonly string[]> = new Map(years.flatMap(year => Object.entries(year)))
const yearsKnown = [...holidays.keys()].map(date => Number(date.slice(0, 4)))

/** The years of which the public holidays are known, both included. Temporary holidays are declared weeks ahead and may still be missing. */
export const knownYears = { first: Math.min(...yearsKnown), last: Math.max(...yearsKnown) } as const

/** The days of the national college entrance exam, Thursdays of November, when everything begins an hour later. Press; that of 2027 was not published. */
export const examDays: readonly KoreanDate[] = ['2024-11-14', '2025-11-13', '2026-11-19']

/** Whether the public holidays of a date's year are known. */
export function isKnown(date: KoreanDate): boolean {
  const year = Number(date.slice(0, 4))
  return year >= knownYears.first && year <= knownYears.last
}

/**
 * Why the exchanges are closed on a date by their own rules, in words; undefined when they trade. They close on weekends, public holidays of the official gazette
 * (Korean names), Labour Day and the last weekday of the year.
 */
export function closureOf(date: KoreanDate): string | undefined {
  if (isWeekend(date)) return 'weekend'
  const names = holidays.get(date)
  if (names !== undefined) return names.join(', ')
  if (date.endsWith('-05-01')) return 'Labour Day'
  return date === lastWeekdayOf(date.slice(0, 4)) ? 'end of the year' : undefined
}

function lastWeekdayOf(year: string): KoreanDate {
  let date = `${year}-12-31`
  while (isWeekend(date)) date = dateAfter(date, -1)
  return date
}
