import { join } from 'node:path'
import { dateAt, type TradingCalendar } from '@tickhouse/calendar'
import { readDate } from '../korean-time.ts'
import { complain, type Format, printExactly, printLines } from '../output.ts'
import { UsageError } from '../usage-error.ts'
import { type CertifyOptions, certify } from './certify.ts'
import { certifiedSessions, documentOf, keepDocument, storeConditions } from './keep.ts'
import { textOf } from './text.ts'
import { readWindow, tradingHours, type Window, windowBy } from './window.ts'

/** What `tickhouse verify --date` was asked for, as it stood on the command line. */
export interface DateOptions {
  readonly date: string
  readonly window?: string
  readonly output?: string
  readonly wait: number
  readonly format: Format
  readonly data: string
}

/** What is certified, and where the certificate goes. */
export interface Order extends Pick<CertifyOptions, 'date' | 'window' | 'market' | 'certified'> {
  /** A file, or `-` for stdout. */
  readonly output: string
}

type Servers = Pick<CertifyOptions, 'journalDirectories' | 'bus' | 'store' | 'group' | 'signal'>

/** Reads the order; throws UsageError for what cannot be used. */
export function orderOf({ date: word, window: hours, output, data }: DateOptions, calendar: TradingCalendar, nowUs: number): Order {
  const date = dateOf(word, nowUs)
  const kept = join(data, 'certificates', `${date}.json`)
  const certified = certifiedSessions(output === undefined || output === '-' ? kept : output, date)
  const window = hours === undefined ? windowBy(calendar, date) : windowOf(hours, date)
  return { date, window, market: calendar.dayOf(date), certified, output: output ?? kept }
}

/** Certifies a date: writes the certificate and the table of conditions, says what it is. Exit code 1 when something is missing. */
export async function certifyDate(order: Order, { wait: waitMs, format }: DateOptions, servers: Servers): Promise<void> {
  const certificate = await certify({ ...servers, ...order, waitMs })
  const { text, sha256 } = documentOf(certificate)
  const { output } = order
  if (output !== '-') keepDocument(output, text)
  await storeConditions(servers.store, certificate, sha256, servers.signal)
  const summary = `${textOf(certificate)}\ncertificate: ${output === '-' ? 'on stdout' : output} (sha256 ${sha256})`
  const isForMachines = output === '-' || format === 'json'
  if (isForMachines) {
    printExactly(text)
    complain(summary)
  } else printLines(summary.split('\n'))
  if (certificate.condition === 'degraded' || certificate.condition === 'missing') process.exitCode = 1
}

function dateOf(word: string, nowUs: number): string {
  const date = readDate(word, nowUs)
  if (date === undefined) throw new UsageError(`Expected a date such as 2026-11-25, today or yesterday, was "${word}"`)
  if (date > dateAt(nowUs)) throw new UsageError(`Expected a date that has begun in Korea, was ${date}`)
  return date
}

function windowOf(name: string, date: string): Window {
  const window = readWindow(name, date)
  if (window === undefined) throw new UsageError(`Expected hours such as ${tradingHours} or all, was "${name}"`)
  return window
}
