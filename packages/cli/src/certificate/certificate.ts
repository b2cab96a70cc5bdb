import { createHash } from 'node:crypto'
import type { TradingDay } from '@tickhouse/calendar'
import { type Condition, dictionary, entities, type Range } from '@tickhouse/catalogue'
import { type FeedGap, intervalOf } from '../feed-gaps.ts'
import { secondsOf, within } from '../intervals.ts'
import { dayOf, type Interval, koreanTime } from '../korean-time.ts'
import { grouped } from '../output.ts'
import { type SessionCounts, sizeOf } from '../verify/journal-counts.ts'
import { missingInTopic, type Stations } from '../verify/judge.ts'
import { version } from '../version.ts'
import type { Arrival } from './arrival.ts'
import { conditionOf, type Facts, reasonsOf } from './condition.ts'
import { type GapTotals, gapSentences, gapsIn, gapsOfType, totalsOf } from './day-gaps.ts'
import { unfinishedOf } from './unfinished.ts'
import type { Volume } from './volume.ts'
import type { Window } from './window.ts'

/** What was found out about a date. */
export interface Evidence {
  readonly date: string
  readonly window: Window
  readonly market: TradingDay
  /** Which records were counted: those of the date, or those up to the end of the window while a session goes on. */
  readonly judged: Interval
  readonly checkedAtUs: number
  readonly sessions: readonly SessionCounts[]
  /** Datasets whose topic or table cannot be read, and why. */
  readonly unreadable: ReadonlyMap<string, readonly string[]>
  /** Why the gaps are not known; empty when they are. */
  readonly gapsUnknown: readonly string[]
  readonly stations: readonly (Stations & Arrival)[]
  /** Everything that reaches into the date, the time without a session included. */
  readonly gaps: readonly FeedGap[]
  /** Gaps of items of which nothing came while others of their kind did. */
  readonly silentItems: readonly FeedGap[]
  readonly volume: Volume
}

/** The numbers of one station: how many, from which to which; 0 where there are none. */
interface Count {
  readonly records: number
  readonly first_seq: number
  readonly last_seq: number
}

/** One session of one dataset. */
export interface SessionOfDataset {
  readonly session: string
  readonly journal: Count
  readonly topic: Count
  readonly table: Count & { readonly distinct: number }
  readonly dead_letters: { readonly written: number; readonly stored: number; readonly open: number }
  /** The first hundred ranges of numbers that the topic lacks. */
  readonly missing_in_topic: readonly Range[]
  /** The first ranges of numbers that the table lacks. */
  readonly missing_in_table: readonly Range[]
  readonly late: readonly string[]
  readonly lost: readonly string[]
}

/** One dataset, or `*` for the day: the figures that the table `data_condition` holds too. */
export interface DayOfDataset extends GapTotals {
  readonly dataset: string
  readonly condition: Condition
  readonly reasons: readonly string[]
  readonly records: number
  readonly topic: number
  readonly rows: number
  readonly dead_letters: number
}

/** An item that was silent within the window. */
export interface SilentItem {
  readonly symbol: string
  readonly types: readonly string[]
  readonly from: string
  readonly to: string
  readonly seconds_in_window: number
  readonly evidence: string | null
}

/** What a date is worth, and what shows it. Times are Korean; those with `_us` are µs since 1970. */
export interface Certificate {
  readonly format: 'tickhouse day certificate'
  readonly version: 1
  readonly date: string
  readonly window: { readonly hours: string; readonly from: string; readonly to: string }
  /** Whether the date is a trading day by the calendar, and why not, or what is special about it. */
  readonly market: { readonly state: TradingDay['state']; readonly reason: string | null }
  /** The records that were counted; they end with the window while a session goes on. */
  readonly judged: { readonly from: string; readonly to: string }
  readonly made: {
    readonly at: string
    readonly at_us: number
    readonly with: string
    readonly node: string
    readonly catalogue_sha256: string
  }
  readonly condition: Condition
  readonly reasons: readonly string[]
  readonly day: DayOfDataset
  readonly datasets: readonly (DayOfDataset & { readonly type: string | null; readonly sessions: readonly SessionOfDataset[] })[]
  readonly sessions: readonly object[]
  readonly gaps: readonly object[]
  /** Items of which nothing came while others of their kind did, with the types they were registered for. They decide no condition: nobody knows whether anything is missing. */
  readonly silent_items: readonly SilentItem[]
  readonly volume: Volume
}

/** Draws the certificate up. */
export function certificateOf(evidence: Evidence): Certificate {
  const { date, window, market, judged, checkedAtUs, sessions, gaps, silentItems, volume } = evidence
  const unfinished = unfinishedOf(evidence)
  const datasets = datasetsOf(evidence, unfinished)
  const day = dayOfAll(evidence, unfinished, datasets)
  return {
    format: 'tickhouse day certificate',
    version: 1,
    date,
    window: { hours: window.name, from: koreanTime(window.fromUs), to: koreanTime(window.toUs) },
    market: { state: market.state, reason: market.reason },
    judged: { from: koreanTime(judged.fromUs), to: koreanTime(judged.toUs) },
    made: {
      at: koreanTime(checkedAtUs),
      at_us: checkedAtUs,
      with: `tickhouse ${version}`,
      node: process.version,
      catalogue_sha256: createHash('sha256').update(JSON.stringify(dictionary())).digest('hex'),
    },
    condition: day.condition,
    reasons: day.reasons,
    day,
    datasets,
    sessions: sessions.map(sessionEntry),
    gaps: gaps.map(gap => gapEntry(gap, date, window)),
    silent_items: silentOf(silentItems, window),
    volume,
  }
}

/** The venue's datasets, and those of our own that have records. */
function datasetsOf(evidence: Evidence, unfinished: readonly string[]): Certificate['datasets'] {
  return entities.flatMap(({ name, venue }) => {
    const own = evidence.stations.filter(({ dataset }) => dataset === name)
    const blind = blindOf(evidence, [name])
    if (venue === null && own.length + blind.length === 0) return []
    const gaps = venue === null ? [] : gapsOfType(evidence.gaps, venue.type)
    const known = factsOf(own, gaps, evidence, unfinished)
    const gapsUnknown = venue === null ? [] : evidence.gapsUnknown
    const facts = { ...known, lost: [...known.lost, ...blind, ...gapsUnknown], captured: own.length > 0 }
    const figures = figuresOf(own, gaps, evidence.window)
    const head = { dataset: name, type: venue?.type ?? null, condition: conditionOf(facts), reasons: reasonsOf(facts) }
    return [{ ...head, ...figures, sessions: own.map(sessionOfDataset) }]
  })
}

function dayOfAll(evidence: Evidence, unfinished: readonly string[], datasets: Certificate['datasets']): DayOfDataset {
  const { stations, gaps, window } = evidence
  const captured = datasets.some(({ dataset, records }) => records > 0 && !dataset.startsWith('feed_'))
  const known = factsOf(stations, gaps, evidence, unfinished)
  const facts = { ...known, lost: [...known.lost, ...blindOf(evidence, evidence.unreadable.keys()), ...evidence.gapsUnknown], captured }
  return { dataset: '*', condition: conditionOf(facts), reasons: reasonsOf(facts), ...figuresOf(stations, gaps, window) }
}

/** Why nothing is known of datasets of which nothing was captured; with the others it stands among what is lost. */
function blindOf({ stations, unreadable }: Evidence, datasets: Iterable<string>): string[] {
  const judged = new Set(stations.map(({ dataset }) => dataset))
  return [...datasets].filter(name => !judged.has(name)).flatMap(name => (unreadable.get(name) ?? []).map(reason => `${name}: ${reason}`))
}

function factsOf(
  stations: Evidence['stations'],
  gaps: readonly FeedGap[],
  { window, market }: Evidence,
  unfinished: readonly string[],
): Omit<Facts, 'captured'> {
  const sentences = (kind: 'late' | 'lost') =>
    stations.flatMap(station => station[kind].map(sentence => `${station.session} ${station.dataset}: ${sentence}`))
  return {
    closed: market.state === 'closed' ? market.reason : null,
    unfinished,
    late: sentences('late'),
    lost: sentences('lost'),
    gaps: gapSentences(gaps, window),
    letters: stations.flatMap(station => {
      const open = openLettersOf(station)
      return open > 0
        ? [
            `${station.session} ${station.dataset}: ${open === 1 ? '1 dead letter was' : `${grouped(open)} dead letters were`} not made good`,
          ]
        : []
    }),
  }
}

function figuresOf(stations: Evidence['stations'], gaps: readonly FeedGap[], window: Window) {
  const sum = (value: (station: Stations) => number) => stations.reduce((total, station) => total + value(station), 0)
  return {
    records: sum(({ journal }) => sizeOf(journal)),
    topic: sum(({ topic }) => topic.distinct),
    rows: sum(({ table }) => table.rows),
    dead_letters: sum(openLettersOf),
    ...totalsOf(gaps, window),
  }
}

/** Dead letters of an unknown dataset are records of a dataset of their own, and no table could hold what they stand for. */
function openLettersOf({ dataset, journal, letters }: Stations): number {
  return dataset === 'dead_letter' ? sizeOf(journal) : letters.open
}

function sessionOfDataset(stations: Stations & Arrival): SessionOfDataset {
  const { session, journal, topic, table, letters, missingRows = [], late, lost } = stations
  return {
    session,
    journal: { records: sizeOf(journal), first_seq: journal.first, last_seq: journal.last },
    topic: { records: topic.distinct, first_seq: topic.lowest, last_seq: topic.highest },
    table: { records: table.rows, distinct: table.distinct, first_seq: table.lowest, last_seq: table.highest },
    dead_letters: letters,
    missing_in_topic: missingInTopic(stations).slice(0, 100),
    missing_in_table: missingRows,
    late,
    lost,
  }
}

function sessionEntry({ session, collector, environment, openedAtUs, endedAtUs, open, journal }: SessionCounts): object {
  const state = open ? 'open' : 'closed'
  return { session, collector, environment, state, opened_at: koreanTime(openedAtUs), last_entry_at: koreanTime(endedAtUs), journal }
}

/** One entry per item: what several gaps of it come to within the window. */
function silentOf(gaps: readonly FeedGap[], window: Window): SilentItem[] {
  const groups = Map.groupBy(gapsIn(gaps, window), ({ symbols }) => symbols ?? '')
  return [...groups].map(([symbol, own]) => ({
    symbol,
    types: own[0]!.types?.split(',') ?? [],
    from: koreanTime(Math.min(...own.map(({ from }) => from))),
    to: koreanTime(Math.max(...own.map(({ to }) => to))),
    seconds_in_window: totalsOf(own, window).gap_seconds,
    evidence: own[0]!.evidence,
  }))
}

function gapEntry({ from, to, duration: _, session, ...rest }: FeedGap, date: string, window: Window): object {
  const seconds = (stretch: typeof window | ReturnType<typeof dayOf>) => secondsOf(within([intervalOf({ from, to })], stretch))
  const lengths = { seconds: seconds(dayOf(date)), seconds_in_window: seconds(window) }
  return { from: koreanTime(from), to: koreanTime(to), from_us: from, to_us: to, ...lengths, ...rest, session: session || null }
}
