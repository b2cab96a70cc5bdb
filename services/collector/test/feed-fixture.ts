import { type EntryBatch, openJournal, type SessionHeader } from '@tickhouse/journal'
import { limitsOf, planRegistration, TokenClient, VenueTime } from '@tickhouse/kiwoom'
import { type Clock, createLogger, systemClock } from '@tickhouse/runtime'
import { temporaryFolder } from '@tickhouse/testkit'
import { onTestFinished } from 'vitest'
import { ClockGuard } from '../src/clock/clock-guard.ts'
import { capture } from '../src/collect.ts'
import { FeedLog } from '../src/journal/feed-log.ts'
import { unplanned } from '../src/journal/unregistered.ts'
import { Backoff } from '../src/session/backoff.ts'
import { noCounts } from '../src/session/capture.ts'
import { RefusedPairs } from '../src/session/division.ts'
import { SessionKeeper } from '../src/session/keep-session.ts'
import { Notices } from '../src/session/notices.ts'
import type { SessionDeps } from '../src/session/session.ts'
import { ScriptedVenue, type VenueScript } from './scripted-venue.ts'

export const log = createLogger({ name: 'test', level: process.env['LOG_LEVEL'] ?? 'silent' })

/** A journal in a folder of its own, with the feed log that writes it. */
export async function openFeed(directory = temporaryFolder(), limits: { segmentBytes?: number } = {}, clock: Clock = systemClock) {
  const journal = await openJournal({ directory, log, fsyncMs: 1_000, ...limits, onLoss: loss => feedLog.lose(loss) })
  const identity = { environment: 'simulator', collector: 'test' }
  const feedLog: FeedLog = new FeedLog({ journal, identity, clock, log, onGap: () => {} })
  feedLog.resume(journal.recovered.last, journal.recovered.truncatedBytes)
  onTestFinished(() => journal.close())
  return { directory, journal, feedLog }
}

/** A collector's venue side against a scripted venue: token, session, registration and journal, without Kafka. */
export async function keepFeed(
  script: Partial<VenueScript> = {},
  overrides: Partial<SessionDeps> & { stocks?: string[]; takenMs?: number; clock?: Clock } = {},
) {
  const venue = await ScriptedVenue.open(script)
  const { stocks = ['005930'], takenMs = 60_000, clock = systemClock, ...parts } = overrides
  const { directory, journal, feedLog } = await openFeed(undefined, {}, clock)
  const venueTime = new VenueTime({ restUrl: venue.restUrl, clock, pauseMs: 20 })
  const clocks = new ClockGuard({ clock, venueTime, limits: { maxDifferenceMs: 60_000, maxStepMs: 1_000 }, log, everyMs: 20 })
  const plan = planRegistration({ types: ['0B', '0D'], symbols: { stock: stocks } }, limitsOf('mock'))
  const counts = noCounts()
  const notices = new Notices(log, said => feedLog.notice(said))
  const keeper = new SessionKeeper(
    {
      url: venue.webSocketUrl,
      tokens: new TokenClient({ restUrl: venue.restUrl, appKey: 'key', secretKey: 'secret', clock, venueTime }),
      feedLog,
      notices,
      clocks,
      capture: { journal, hide: text => text, unwantedTypes: new Set(), counts },
      registration: {
        requests: plan.requests,
        leftOut: unplanned(plan.leftOut),
        limits: { registrationsAtOnce: 5, registrationGapMs: 5 },
        known: new RefusedPairs(),
        answerMs: 300,
      },
      silenceMs: 60_000,
      isBehind: () => journal.isBehind,
      loginMs: 2_000,
      maxMs: 3_600_000,
      log,
      ...parts,
    },
    new Backoff({ baseMs: 5, maxMs: 20, takenMs, healthyMs: 60_000 }),
  )
  const stop = new AbortController()
  const running = capture(keeper, stop.signal)
  running.catch(() => {})
  const close = async () => {
    stop.abort()
    await running.catch(() => {})
    await venue.close()
  }
  onTestFinished(close)
  return { venue, journal, feedLog, notices, clocks, keeper, counts, running, directory, stop: () => stop.abort() }
}

/** One entry of the journal with its session; our own entries decoded. */
export interface JournalEntry {
  readonly session: string
  readonly kind: string
  readonly timeUs: number
  readonly text: string
  readonly content: Record<string, unknown>
}

type ReadableJournal = { readAll(): AsyncIterable<EntryBatch>; flush(): Promise<void> }

/** Everything that is in the journal now, but for heartbeats. */
export async function entriesOf(journal: ReadableJournal): Promise<JournalEntry[]> {
  return (await allEntriesOf(journal)).filter(({ kind }) => kind !== 'heartbeat')
}

/** Everything that is in the journal now. */
export async function allEntriesOf(journal: ReadableJournal): Promise<JournalEntry[]> {
  await journal.flush()
  const entries: JournalEntry[] = []
  for await (const { header, entries: found } of journal.readAll()) entries.push(...found.map(entry => decode(header, entry)))
  return entries
}

function decode({ session }: SessionHeader, { kind, timeUs, bytes }: EntryBatch['entries'][number]): JournalEntry {
  const text = bytes.toString('utf8')
  return { session, kind, timeUs, text, content: kind === 'frame' || kind === 'heartbeat' ? {} : JSON.parse(text) }
}

/** The process does not get to run: nothing of it happens. */
export function heldUp(ms: number): void {
  const until = performance.now() + ms
  while (performance.now() < until);
}
