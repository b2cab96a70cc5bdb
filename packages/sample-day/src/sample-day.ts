import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { type Certificate, certify, keepCertificate, orderOf, sessionsWithRows } from '@tickhouse/audit'
import { type Bus, topicDefinitions } from '@tickhouse/bus'
import { dayOf, type TradingCalendar } from '@tickhouse/calendar'
import { entities } from '@tickhouse/catalogue'
import { diskFileSystem, takeLock } from '@tickhouse/journal'
import { type Doing, type Env, TickhouseError, UsageError } from '@tickhouse/runtime'
import type { Store } from '@tickhouse/store'
import { type DateDeps, type DayShape, hoursOf, requireServing, type SampleDay, servingDates, sessionsOf, whatServes } from './days.ts'
import { storePastDay } from './store-past-day.ts'
import { writeSampleDay } from './write-day.ts'

/** The sample day that is asked for; without a date it is the latest usual trading day of which QuestDB holds nothing else. */
export interface SampleDayOptions extends DayShape {
  readonly date: string | undefined
  /** The data folder: the journal goes to `sample-day/<date>` in it, the certificate to `certificates/<date>.json`. */
  readonly data: string
  /** Whether Kafka is told first to keep records for ever, so that a date of long ago serves. */
  readonly keepRecords?: boolean
}

/** What a sample day works with. */
export interface SampleDayDeps extends Doing {
  readonly bus: Bus
  readonly store: Store
  readonly calendar: TradingCalendar
  readonly group: string
  /** With it the publisher reaches Kafka. */
  readonly env: Env
  /** Hears of every step that is done. */
  readonly say: (sentence: string) => void
}

/** What became of a sample day. */
export interface SampleDayReport {
  readonly date: string
  readonly journal: string
  readonly certificate: Certificate
  /** What a person reads of the certificate. */
  readonly summary: string
  /** Whether the day is what was asked for: complete, or degraded where that was wanted. */
  readonly isAsAsked: boolean
}

const arrivalMs = 60_000

/** The journal of the sample day of a date. */
export function sampleJournal(data: string, date: string): string {
  return join(data, 'sample-day', date)
}

/**
 * Writes a whole simulated trading day as a journal, sends it the way of every journal, over Kafka and the sink into QuestDB, and certifies it. A day that is there
 * is neither written nor stored again. Throws UsageError for a date that cannot be had and for a QuestDB with
 * real data, NOTHING_STORED without a sink.
 */
export async function storeSampleDay(options: SampleDayOptions, deps: SampleDayDeps): Promise<SampleDayReport> {
  const { bus, store, calendar, say, tell, signal } = deps
  await using _lock = await claim(options.data)
  await requireSimulated(deps)
  if (options.keepRecords === true) await keepForEver(deps)
  const day = await chosenDay(options, deps)
  const { date } = day
  const directory = sampleJournal(options.data, date)
  const step = async (doing: string, work: () => Promise<void>) => {
    const startedAt = performance.now()
    await work()
    say(`${doing} (${((performance.now() - startedAt) / 1000).toFixed(1)} s)`)
  }
  const sessions = sessionsOf(day, hoursOf(calendar, date)!)
  await step(`The journal of ${date} is in ${directory}`, () => writeSampleDay(directory, day, sessions, deps.env, deps))
  await step(`${date} is in Kafka and in QuestDB`, () => storePastDay(directory, deps, deps))
  const order = orderOf({ date, data: options.data }, calendar, Date.now() * 1000)
  const waiting = { waitMs: arrivalMs, group: deps.group, tell, signal }
  const certificate = await certify({ ...order, ...waiting, journalDirectories: [directory], bus, store })
  const { summary } = await keepCertificate(store, certificate, order.output, signal)
  const isAsAsked = certificate.condition === (day.isDegraded ? 'degraded' : 'complete')
  return { date, journal: directory, certificate, summary, isAsAsked }
}

/** One at a time in a data folder. */
async function claim(data: string): Promise<AsyncDisposable> {
  const folder = join(data, 'sample-day')
  mkdirSync(folder, { recursive: true })
  try {
    const lock = await takeLock(folder, diskFileSystem)
    return { [Symbol.asyncDispose]: () => lock.close() }
  } catch (error) {
    if (!(error instanceof TickhouseError && error.code === 'JOURNAL_LOCKED')) throw error
    throw new UsageError(`A sample day is being made in ${data} already. Wait until it is there, or name another folder with --data.`)
  }
}

/** A simulated day does not go among what was captured from a real venue. */
async function requireSimulated({ store, signal }: SampleDayDeps): Promise<void> {
  const captured = "SELECT DISTINCT environment FROM feed_session WHERE event = 'open' AND environment != 'simulator'"
  const others = (await store.query<{ environment: string }>(captured, signal)).map(({ environment }) => environment)
  if (others.length === 0) return
  throw new UsageError(
    `QuestDB holds what was captured from ${others.join(' and ')}, and a simulated day does not go among it. Use servers of its own, such as those of \`npm start -- --sample-day --data sample\`.`,
  )
}

async function keepForEver({ bus, env, signal }: SampleDayDeps): Promise<void> {
  const kept = topicDefinitions(env).map(topic => ({ ...topic, config: { ...topic.config, 'retention.ms': '-1' } }))
  await bus.topics.apply(await bus.topics.plan(kept, signal), signal)
}

/** The day with a date that serves and of which QuestDB holds nothing but that day. */
async function chosenDay({ date, symbols, records, seed, isDegraded }: SampleDayOptions, deps: SampleDayDeps): Promise<SampleDay> {
  const dates: DateDeps = { calendar: deps.calendar, nowUs: Date.now() * 1000, retentionMs: await retentionMs(deps) }
  if (date !== undefined) requireServing(date, dates)
  const serving = servingDates(dates)
  const taken: string[] = []
  for (const one of date === undefined ? serving : [date]) {
    const day = { date: one, symbols, records, seed, isDegraded }
    const others = await otherSessions(day, deps)
    if (others.length === 0) return day
    taken.push(`${one} (session ${others.join(', ')})`)
  }
  const others = serving.filter(one => one !== date)
  throw new UsageError(
    taken.length === 0
      ? whatServes(serving, dates.retentionMs)
      : `QuestDB holds something else of ${taken.join(', ')}, and a date can have one market only. ${whatServes(others, dates.retentionMs)}`,
  )
}

async function otherSessions(day: SampleDay, { store, calendar, tell, signal }: SampleDayDeps): Promise<string[]> {
  tell(() => `Asking QuestDB what it holds of ${day.date}`)
  const own = new Set(sessionsOf(day, hoursOf(calendar, day.date)!).map(({ session }) => session))
  return (await sessionsWithRows(store, dayOf(day.date), signal)).filter(session => !own.has(session))
}

/** How long all topics keep records as they are set now, ms. */
async function retentionMs({ bus, signal }: SampleDayDeps): Promise<number> {
  const settings = await bus.topics.settings(
    entities.map(({ topic }) => topic.name),
    signal,
  )
  const kept = [...settings.values()].map(({ 'retention.ms': ms }) => Number(ms))
  return Math.min(...kept.map(ms => (ms < 0 ? Number.POSITIVE_INFINITY : ms)))
}
