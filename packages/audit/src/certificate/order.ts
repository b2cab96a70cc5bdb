import { join } from 'node:path'
import { dateAt, koreanDateOf, type TradingCalendar } from '@tickhouse/calendar'
import { UsageError } from '@tickhouse/runtime'
import type { CertifyOptions } from './certify.ts'
import { certifiedSessions } from './keep.ts'
import { readWindow, tradingHours, type Window, windowBy } from './window.ts'

/** What date to certify, in the words of the command line. */
export interface DateOptions {
  readonly date: string
  readonly window?: string
  readonly output?: string
  readonly data: string
}

/** What is certified, and where the certificate goes. */
export interface Order extends Pick<CertifyOptions, 'date' | 'window' | 'market' | 'certified'> {
  /** A file, or `-` for stdout. */
  readonly output: string
}

/** Reads the order; throws UsageError for what cannot be used. */
export function orderOf({ date: word, window: hours, output, data }: DateOptions, calendar: TradingCalendar, nowUs: number): Order {
  const date = dateOf(word, nowUs)
  const kept = certificatePath(data, date)
  const certified = certifiedSessions(output === undefined || output === '-' ? kept : output, date)
  const window = hours === undefined ? windowBy(calendar, date) : windowOf(hours, date)
  return { date, window, market: calendar.dayOf(date), certified, output: output ?? kept }
}

/** Where the certificate of a date is kept in a data folder. */
export function certificatePath(data: string, date: string): string {
  return join(data, 'certificates', `${date}.json`)
}

/** The Korean date that a word means; throws UsageError for one that has not begun. */
export function dateOf(word: string, nowUs: number): string {
  const date = koreanDateOf(word, nowUs)
  if (date === undefined) throw new UsageError(`Expected a date such as 2026-11-25, today or yesterday, was "${word}"`)
  if (date > dateAt(nowUs)) throw new UsageError(`Expected a date that has begun in Korea, was ${date}`)
  return date
}

function windowOf(name: string, date: string): Window {
  const window = readWindow(name, date)
  if (window === undefined) throw new UsageError(`Expected hours such as ${tradingHours} or all, was "${name}"`)
  return window
}
