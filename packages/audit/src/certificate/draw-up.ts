import { createHash } from 'node:crypto'
import { dayOf, type Interval, koreanTime, secondsOf, type TradingDay, within } from '@tickhouse/calendar'
import { dictionary, entities } from '@tickhouse/catalogue'
import { grouped, version } from '@tickhouse/runtime'
import { type FeedGap, intervalOf } from '../gaps.ts'
import { countIn, type SessionCounts } from '../verify/journal-counts.ts'
import { missingInTopic, type Stages } from '../verify/judge.ts'
import type { Arrival } from './arrival.ts'
import type { Certificate, DayOfDataset, SessionOfDataset, SilentItemOfDate } from './certificate.ts'
import { conditionOf, type Facts, reasonsOf } from './condition.ts'
import { gapSentences, gapsIn, gapsOfType, gapTotalsOf } from './day-gaps.ts'
import type { Volume } from './volume.ts'
import { unfinishedOf, type Window } from './window.ts'

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
  readonly stages: readonly (Stages & Arrival)[]
  /** Everything that reaches into the date, the time without a session included. */
  readonly gaps: readonly FeedGap[]
  /** Gaps of silent items: they brought nothing while others of their kind did. */
  readonly silentItems: readonly FeedGap[]
  readonly volume: Volume
}

/** Draws up the certificate of a date. */
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
      catalogue_sha256: catalogueSha256(),
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

/** SHA-256 of all that the catalogue says of every column: two of them are the same when the catalogues are. */
export function catalogueSha256(): string {
  return createHash('sha256').update(JSON.stringify(dictionary())).digest('hex')
}

/** The venue's datasets, and those of our own that have records. */
function datasetsOf(evidence: Evidence, unfinished: readonly string[]): Certificate['datasets'] {
  return entities.flatMap(({ name, venue }) => {
    const own = evidence.stages.filter(({ dataset }) => dataset === name)
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
  const { stages, gaps, window } = evidence
  const captured = datasets.some(({ dataset, records }) => records > 0 && !dataset.startsWith('feed_'))
  const known = factsOf(stages, gaps, evidence, unfinished)
  const facts = { ...known, lost: [...known.lost, ...blindOf(evidence, evidence.unreadable.keys()), ...evidence.gapsUnknown], captured }
  return { dataset: '*', condition: conditionOf(facts), reasons: reasonsOf(facts), ...figuresOf(stages, gaps, window) }
}

/** Why nothing is known about datasets without captured records. For the others the reason is among the losses. */
function blindOf({ stages, unreadable }: Evidence, datasets: Iterable<string>): string[] {
  const judged = new Set(stages.map(({ dataset }) => dataset))
  return [...datasets].filter(name => !judged.has(name)).flatMap(name => (unreadable.get(name) ?? []).map(reason => `${name}: ${reason}`))
}

function factsOf(
  stages: Evidence['stages'],
  gaps: readonly FeedGap[],
  { window, market }: Evidence,
  unfinished: readonly string[],
): Omit<Facts, 'captured'> {
  const sentences = (kind: 'late' | 'lost') =>
    stages.flatMap(stage => stage[kind].map(sentence => `${stage.session} ${stage.dataset}: ${sentence}`))
  return {
    closed: market.state === 'closed' ? market.reason : null,
    unfinished,
    late: sentences('late'),
    lost: sentences('lost'),
    gaps: gapSentences(gaps, window),
    letters: stages.flatMap(stage => {
      const open = openLettersOf(stage)
      return open > 0
        ? [`${stage.session} ${stage.dataset}: ${open === 1 ? '1 dead letter was' : `${grouped(open)} dead letters were`} not made good`]
        : []
    }),
  }
}

function figuresOf(stages: Evidence['stages'], gaps: readonly FeedGap[], window: Window) {
  const sum = (value: (stage: Stages) => number) => stages.reduce((total, stage) => total + value(stage), 0)
  return {
    records: sum(({ journal }) => countIn(journal)),
    topic: sum(({ topic }) => topic.distinct),
    rows: sum(({ table }) => table.rows),
    dead_letters: sum(openLettersOf),
    ...gapTotalsOf(gaps, window),
  }
}

/** Dead letters of an unknown dataset are records of a dataset of their own, and no table could hold what they stand for. */
function openLettersOf({ dataset, journal, letters }: Stages): number {
  return dataset === 'dead_letter' ? countIn(journal) : letters.open
}

function sessionOfDataset(stages: Stages & Arrival): SessionOfDataset {
  const { session, journal, topic, table, letters, missingRows = [], late, lost } = stages
  return {
    session,
    journal: { records: countIn(journal), first_seq: journal.first, last_seq: journal.last },
    topic: { records: topic.distinct, first_seq: topic.lowest, last_seq: topic.highest },
    table: { records: table.rows, distinct: table.distinct, first_seq: table.lowest, last_seq: table.highest },
    dead_letters: letters,
    missing_in_topic: missingInTopic(stages).slice(0, 100),
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
function silentOf(gaps: readonly FeedGap[], window: Window): SilentItemOfDate[] {
  const groups = Map.groupBy(gapsIn(gaps, window), ({ symbols }) => symbols ?? '')
  return [...groups].map(([symbol, own]) => ({
    symbol,
    types: own[0]!.types?.split(',') ?? [],
    from: koreanTime(Math.min(...own.map(({ from }) => from))),
    to: koreanTime(Math.max(...own.map(({ to }) => to))),
    seconds_in_window: gapTotalsOf(own, window).gap_seconds,
    evidence: own[0]!.evidence,
  }))
}

function gapEntry({ from, to, duration: _, session, ...rest }: FeedGap, date: string, window: Window): object {
  const seconds = (stretch: typeof window | ReturnType<typeof dayOf>) => secondsOf(within([intervalOf({ from, to })], stretch))
  const lengths = { seconds: seconds(dayOf(date)), seconds_in_window: seconds(window) }
  return { from: koreanTime(from), to: koreanTime(to), from_us: from, to_us: to, ...lengths, ...rest, session: session || null }
}
