import { closedWord, type TradingCalendar } from '@tickhouse/calendar'
import type { Store } from '@tickhouse/store'
import { captureRate, Observer, type Snapshot } from '../observe/observer.ts'
import type { ServiceAddresses } from '../observe/run-file.ts'
import { readinessOf } from '../observe/service-status.ts'
import { readyTogether } from '../observe/sinks.ts'
import { lostToday } from '../observe/today.ts'
import type { Advice } from './advice.ts'
import { collectorLinesOf, flowsOf } from './flows.ts'
import { LatencyReader } from './latency.ts'
import type { DatasetLine, Freshness, PageLink, PageState } from './page-state.ts'
import { pageProblems } from './problems.ts'
import type { PageReading } from './reading.ts'
import { stagesOf } from './stages.ts'
import { TimeLineReader } from './time-line.ts'

/** Where the page finds what it shows. */
export interface PageSources {
  readonly calendar: TradingCalendar
  readonly addresses: () => ServiceAddresses | Promise<ServiceAddresses>
  readonly store: Store
  readonly advice: Advice
  readonly links: readonly PageLink[]
}

const ratesOverMs = 5500

/** Looks at the pipeline for the page, one look after the other. */
export class PageLooker {
  readonly #sources: PageSources
  readonly #observer: Observer
  readonly #timeLine: TimeLineReader
  readonly #latency = new LatencyReader()
  #snapshots: readonly Snapshot[] = []

  constructor(sources: PageSources) {
    this.#sources = sources
    this.#observer = new Observer(sources.store)
    this.#timeLine = new TimeLineReader(sources.store)
  }

  /** Asks everything once. A service that does not answer is part of the result. */
  async look(): Promise<PageState> {
    const { advice, links } = this.#sources
    const addresses = await this.#sources.addresses()
    const [reading, timeLine, latencyMs] = await Promise.all([
      this.#read(addresses),
      this.#timeLine.read(),
      this.#latency.read(addresses.sinks),
    ])
    const { snapshot } = reading
    const before = this.#before(snapshot)
    const freshness = freshnessOf(snapshot)
    return {
      atMs: snapshot.atMs,
      stages: stagesOf(reading, freshness?.ageMs ?? null),
      flows: flowsOf(before, snapshot),
      collectors: collectorLinesOf(before, reading),
      datasets: snapshot.datasets.map(state => ({ ...lineOf(state), perSecond: captureRate(state.dataset, before, snapshot) ?? 0 })),
      freshness,
      latencyMs,
      problems: pageProblems(reading, advice),
      links,
      ...timeLine,
    }
  }

  /** The oldest look of the last seconds, else the last one: rates over one second jump. */
  #before(now: Snapshot): Snapshot | undefined {
    const recent = this.#snapshots.filter(({ atMs }) => atMs > now.atMs - ratesOverMs)
    const before = recent[0] ?? this.#snapshots.at(-1)
    this.#snapshots = [...recent, now]
    return before
  }

  async #read(addresses: ServiceAddresses): Promise<PageReading> {
    const [snapshot, readiness, sinkReadiness, today] = await Promise.all([
      this.#observer.look(addresses),
      Promise.all(addresses.collectors.map(url => readinessOf(url))),
      Promise.all(addresses.sinks.map(url => readinessOf(url))),
      lostToday(this.#sources.store),
    ])
    const closed = closedWord(this.#sources.calendar, snapshot.atMs * 1000)
    const collectors = snapshot.collectors.map((collector, index) => ({ ...collector, readiness: readiness[index] }))
    return { snapshot, collectors, sink: readyTogether(sinkReadiness), today, closed }
  }
}

/** A heartbeat tells more than a row: it comes even when the venue is silent. */
export function freshnessOf({ atMs, datasets, sink }: Snapshot): Freshness | null {
  const heartbeatMs = sink?.heartbeat.ageMs ?? null
  if (heartbeatMs !== null) return { ageMs: heartbeatMs, of: 'heartbeat' }
  const newestUs = Math.max(...datasets.map(dataset => dataset.newestUs ?? Number.NEGATIVE_INFINITY))
  return Number.isFinite(newestUs) ? { ageMs: Math.max(0, atMs - newestUs / 1000), of: 'row' } : null
}

function lineOf({ dataset, type, lag, newestUs, rows }: Snapshot['datasets'][number]): Omit<DatasetLine, 'perSecond'> {
  return { dataset, type, lag, newestMs: newestUs === null ? null : newestUs / 1000, rows }
}
