import type { TradingCalendar } from '@tickhouse/calendar'
import { venueDatasets } from '@tickhouse/catalogue'
import type { Journal } from '@tickhouse/journal'
import { limitsOf, TokenClient, VenueTime } from '@tickhouse/kiwoom'
import { type HttpEndpoint, type Lifecycle, type Logger, labelAll, type Registry, serveHttp, systemClock } from '@tickhouse/runtime'
import { ClockGuard } from './clock/clock-guard.ts'
import type { CollectorConfig } from './config.ts'
import { FeedLog } from './journal/feed-log.ts'
import { openStorage, type Storage } from './journal/storage.ts'
import { unplanned } from './journal/unregistered.ts'
import { Backoff } from './session/backoff.ts'
import { noCounts } from './session/capture.ts'
import { RefusedPairs } from './session/division.ts'
import { SessionKeeper } from './session/keep-session.ts'
import { Notices } from './session/notices.ts'
import { MarketHours } from './status/market-hours.ts'
import { declareReadings } from './status/readings.ts'
import { type Collector, problemsOf, statusOf } from './status/status.ts'
import { PublisherHandle, type PublisherHandleDeps } from './thread/publisher-handle.ts'

/** What a collector is made from. */
export interface CollectorDeps {
  readonly config: CollectorConfig
  readonly calendar: TradingCalendar
  readonly log: Logger
  readonly lifecycle: Lifecycle
}

/** How long the venue may take to answer a LOGIN or a REG. */
const answerMs = 10_000
/** However briefly the journal is kept, the venue is not left more than once a day for its sake. */
const minSessionMs = 24 * 3_600_000

/**
 * Puts a collector together and begins to publish; the lifecycle closes what it opens. Both halves work each in its thread, and neither waits for the other: the
 * venue cannot be paused, and publishing reads nothing but the journal. On stopping, the session is closed in the journal first, then published to its end.
 */
export async function wire(deps: CollectorDeps): Promise<Collector> {
  const { config, lifecycle, log, calendar } = deps
  const { plan, journalDirectory } = config
  const capture = noCounts()
  const storage = await openStorage(deps, { onLoss: loss => feedLog.lose(loss), nowMs: () => feedLog.sessionNowMs })
  const { journal } = storage
  const publishing = lifecycle.own(
    'publishing',
    publishingOf(deps, journal, (): FeedLog => feedLog),
  )
  const feedLog = new FeedLog({
    ...identityOf(deps),
    journal,
    onGap: gap => publishing.gap(gap),
    onRefused: (pairs, session) => publishing.refused(pairs, session),
  })
  feedLog.resume(journal.recovered.last, journal.recovered.truncatedBytes)
  publishing.run().catch(error => lifecycle.fail(error))
  const notices = new Notices(log.child({ component: 'session' }), said => feedLog.notice(said))
  const venueTime = new VenueTime({ restUrl: config.restUrl })
  const clocks = clocksOf(deps, venueTime)
  const keeper = keeperOf(deps, storage, { feedLog, capture, notices, clocks, venueTime })
  const marketHours = new MarketHours(calendar, plan)
  const shown = { feedLog, clocks, capture, marketHours, notices, keeper, publishing, journal, journalDirectory }
  return { ...shown, identity: identityOf(deps).identity, wantedPairs: pairsIn(plan) }
}

/** Shows over HTTP how a collector is. */
export async function serve(collector: Collector, { config, log, lifecycle }: CollectorDeps, registry: Registry): Promise<HttpEndpoint> {
  labelAll(registry, { service: 'collector', collector: config.collector })
  declareReadings(registry, collector)
  const { publishing } = collector
  const metrics = async () => `${await registry.metrics()}${publishing.metrics}`
  const http = await serveHttp({
    host: config.host,
    port: config.port,
    hostNames: config.hostNames,
    registry: { contentType: registry.contentType, metrics },
    look: () => publishing.look(),
    live: () => [],
    ready: () => problemsOf(collector),
    status: () => statusOf(collector),
    log,
  })
  return lifecycle.own('http', http)
}

function identityOf({ config, log }: CollectorDeps) {
  const { environment, collector, clockStepMs: maxStepMs } = config
  return { identity: { environment, collector }, clock: systemClock, maxStepMs, log: log.child({ component: 'feed' }) }
}

function clocksOf({ config, log }: CollectorDeps, venueTime: VenueTime): ClockGuard {
  const limits = { maxDifferenceMs: config.clockDifferenceMs, maxStepMs: config.clockStepMs }
  return new ClockGuard({ clock: systemClock, venueTime, limits, log: log.child({ component: 'clock' }) })
}

function publishingOf({ config, log }: CollectorDeps, journal: Journal, feedLog: () => FeedLog): PublisherHandle {
  const observer: PublisherHandleDeps['observer'] = {
    silent: (item, session) => feedLog().silent(item, session),
    spoke: (item, session, timestampUs) => feedLog().spoke(item, session, timestampUs),
  }
  return new PublisherHandle({ config, journal, logLevel: log.level, observer })
}

/** What sessions share beside the storage. */
interface Shared {
  readonly feedLog: FeedLog
  readonly capture: ReturnType<typeof noCounts>
  readonly notices: Notices
  readonly clocks: ClockGuard
  readonly venueTime: VenueTime
}

function keeperOf({ config, log }: CollectorDeps, { journal, hide }: Storage, shared: Shared): SessionKeeper {
  const { feedLog, capture: counts, notices, clocks, venueTime } = shared
  const { appKey, secretKey, restUrl, webSocketUrl, plan, environment, silenceMs, reconnectMs, takenMs } = config
  const leftOut = unplanned(plan.leftOut)
  for (const pairs of leftOut) log.warn({ ...pairs }, 'The venue has no room for these items; they are not captured')
  const deps = {
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
    maxMs: Math.max(config.retentionMs, minSessionMs),
    log: log.child({ component: 'session' }),
  }
  return new SessionKeeper(deps, new Backoff({ baseMs: Math.min(1_000, reconnectMs), maxMs: reconnectMs, takenMs, healthyMs: 30_000 }))
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
