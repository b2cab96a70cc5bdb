import type { TradingCalendar } from '@tickhouse/calendar'
import { venueDatasets } from '@tickhouse/catalogue'
import type { Journal } from '@tickhouse/journal'
import { limitsOf, TokenClient, VenueTime } from '@tickhouse/kiwoom'
import { type Lifecycle, type Logger, systemClock } from '@tickhouse/runtime'
import { Backoff } from './backoff.ts'
import { noCounts } from './capture.ts'
import { ClockGuard } from './clock-guard.ts'
import type { CollectorConfig } from './config.ts'
import { RefusedPairs } from './division.ts'
import { FeedLog } from './feed-log.ts'
import { SessionKeeper } from './keep-session.ts'
import { MarketHours } from './market-hours.ts'
import { Notices } from './notices.ts'
import { PublishingThread, type PublishingThreadParts } from './publishing/publishing-thread.ts'
import { openStorage, type Storage } from './storage.ts'
import { unplanned } from './unregistered.ts'

/** What a collector runs with. */
export interface CollectContext {
  readonly config: CollectorConfig
  readonly calendar: TradingCalendar
  readonly log: Logger
  readonly lifecycle: Lifecycle
}

/** Everything of a running collector that can be looked at. */
export type Collector = Awaited<ReturnType<typeof collect>>

/** How long the venue may take to answer a LOGIN or a REG. */
const answerMs = 10_000
/** However briefly the journal is kept, the venue is not left more than once a day for its sake. */
const leastLongestMs = 24 * 3_600_000

/**
 * The path: venue → session → journal → publishing → Kafka. Both halves start at once, each in its thread, and neither waits for the other: the venue cannot be
 * paused, and publishing reads nothing but the journal. On stopping, the session is closed in the journal first, then published to its end.
 */
export async function collect(context: CollectContext) {
  const { lifecycle, log, calendar } = context
  const { plan, journalDirectory } = context.config
  const capture = noCounts()
  const storage = await openStorage(context, { onLoss: loss => feedLog.lose(loss), nowMs: () => feedLog.sessionNowMs })
  const { journal } = storage
  const publishing = lifecycle.own(
    'publishing',
    publishingOf(context, journal, (): FeedLog => feedLog),
  )
  const feedLog = new FeedLog({
    ...identityOf(context),
    journal,
    onGap: gap => publishing.gap(gap),
    onRefused: (pairs, session) => publishing.refused(pairs, session),
  })
  feedLog.resume(journal.recovered.last, journal.recovered.truncatedBytes)
  publishing.run().catch(error => lifecycle.fail(error))
  const notices = new Notices(log.child({ component: 'session' }), said => feedLog.notice(said))
  const venueTime = new VenueTime({ restUrl: context.config.restUrl })
  const clocks = clocksOf(context, venueTime)
  const keeper = keeperOf(context, storage, { feedLog, capture, notices, clocks, venueTime })
  lifecycle.run('session', signal => keeper.run(signal))
  await publishing.started
  const marketHours = new MarketHours(calendar, plan)
  const { identity } = identityOf(context)
  return {
    identity,
    feedLog,
    clocks,
    capture,
    marketHours,
    notices,
    keeper,
    publishing,
    journal,
    journalDirectory,
    wantedPairs: pairsIn(plan),
  }
}

function identityOf({ config, log }: CollectContext) {
  const { environment, collector, clockStepMs: maxStepMs } = config
  return { identity: { environment, collector }, clock: systemClock, maxStepMs, log: log.child({ component: 'feed' }) }
}

function clocksOf({ config, log }: CollectContext, venueTime: VenueTime): ClockGuard {
  const limits = { maxDifferenceMs: config.clockDifferenceMs, maxStepMs: config.clockStepMs }
  return new ClockGuard({ clock: systemClock, venueTime, limits, log: log.child({ component: 'clock' }) })
}

function publishingOf({ config, log }: CollectContext, journal: Journal, feedLog: () => FeedLog): PublishingThread {
  const observer: PublishingThreadParts['observer'] = {
    silent: (item, session) => feedLog().silent(item, session),
    spoke: (item, session, timestampUs) => feedLog().spoke(item, session, timestampUs),
  }
  return new PublishingThread({ config, journal, logLevel: log.level, observer })
}

/** What sessions share beside the storage. */
interface Shared {
  readonly feedLog: FeedLog
  readonly capture: ReturnType<typeof noCounts>
  readonly notices: Notices
  readonly clocks: ClockGuard
  readonly venueTime: VenueTime
}

function keeperOf({ config, log }: CollectContext, { journal, hide }: Storage, shared: Shared) {
  const { feedLog, capture: counts, notices, clocks, venueTime } = shared
  const { appKey, secretKey, restUrl, webSocketUrl, plan, environment, silenceMs, reconnectMs, takenMs } = config
  const leftOut = unplanned(plan.leftOut)
  for (const pairs of leftOut) log.warn({ ...pairs }, 'The venue has no room for these items; they are not captured')
  const parts = {
    url: webSocketUrl,
    tokens: new TokenClient({ restUrl, appKey, secretKey, venueTime }),
    feedLog,
    notices,
    clocks,
    capture: { journal, hide, counts, unwantedTypes: unwantedTypes(config) },
    registration: { requests: plan.requests, leftOut, limits: limitsOf(environment), known: new RefusedPairs(), answerMs },
    silenceMs,
    isBehind: () => journal.isBehind,
    loginMs: answerMs,
    longestMs: Math.max(config.retentionMs, leastLongestMs),
    log: log.child({ component: 'session' }),
  }
  return new SessionKeeper(parts, new Backoff({ minMs: Math.min(1_000, reconnectMs), maxMs: reconnectMs, takenMs, healthyMs: 30_000 }))
}

/** How many pairs of type and item are wanted, those included that the venue has no room for. */
function pairsIn({ requests, leftOut }: CollectorConfig['plan']): number {
  return requests.reduce((sum, { types, items }) => sum + types.length * items.length, leftOut.length)
}

/** The venue sends orders and balances of the token's account on its own accord; what was not asked for is not kept. */
function unwantedTypes({ types }: CollectorConfig): ReadonlySet<string> {
  const account = venueDatasets.filter(({ items }) => items === 'account').map(({ type }) => type)
  return new Set(account.filter(type => !types.includes(type)))
}
