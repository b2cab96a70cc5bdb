import type { Flow, StationName } from '@tickhouse/page'
import type { ServiceStatus } from '@tickhouse/runtime'
import { grouped } from '../output.ts'
import type { Snapshot } from '../start/observe.ts'

/** What passes from station to station, from two looks some seconds apart. */
export function flowsOf(before: Snapshot | undefined, now: Snapshot): Flow[] {
  const seconds = before === undefined ? Number.NaN : (now.atMs - before.atMs) / 1000
  const captured = rate(countOf(before?.collector, 'received'), countOf(now.collector, 'received'), seconds)
  const published = rate(countOf(before?.collector, 'published'), countOf(now.collector, 'published'), seconds)
  const stored = storedRate(before, now, seconds)
  const frames = now.collector?.journal.lagRecords
  const lag = now.sink && totalLag(now)
  return [
    flow('venue', 'collector', captured, ''),
    flow('collector', 'journal', captured, ''),
    flow('journal', 'kafka', published, waiting(frames)),
    flow('kafka', 'sink', stored, waiting(lag)),
    flow('sink', 'questdb', stored, ''),
  ]
}

function flow(from: StationName, to: StationName, perSecond: number | null, note: string): Flow {
  return { from, to, perSecond, note }
}

type Counts<Name extends string> = { readonly datasets: Readonly<Record<string, Readonly<Record<Name, number>>>> } | undefined

function countOf<Name extends string>(status: Counts<Name>, name: Name): number | undefined {
  return status && Object.values(status.datasets).reduce((sum, counts) => sum + counts[name], 0)
}

/** Captured records of a dataset a second, from two looks some seconds apart; 0 when nobody knows. */
export function captureRate(dataset: string, before: Snapshot | undefined, now: Snapshot): number {
  const count = (snapshot: Snapshot | undefined) => snapshot?.collector && (snapshot.collector.datasets[dataset]?.received ?? 0)
  return rate(count(before), count(now), before === undefined ? Number.NaN : (now.atMs - before.atMs) / 1000) ?? 0
}

/** Sinks come and go: each is compared with itself. Nobody knows what one that was found just now did before. */
function storedRate(before: Snapshot | undefined, now: Snapshot, seconds: number): number | null {
  if (before === undefined) return null
  const formerly = new Map(before.sinks.map(sink => [idOf(sink), sink]))
  const rates = now.sinks.map(sink => {
    const former = formerly.get(idOf(sink))
    const isNew = Date.parse(sink.startedAt) >= before.atMs
    return rate(former === undefined && isNew ? 0 : countOf(former, 'stored'), countOf(sink, 'stored'), seconds)
  })
  const known = rates.filter(each => each !== null)
  return known.length === 0 ? null : known.reduce((sum, each) => sum + each)
}

/** The same as long as the process is; containers count their processes from 1. */
function idOf({ pid, startedAt }: ServiceStatus): string {
  return `${startedAt} ${pid}`
}

/** Never negative: a service that was restarted counts from 0. */
function rate(before: number | undefined, now: number | undefined, seconds: number): number | null {
  if (before === undefined || now === undefined || !(seconds > 0)) return null
  return (now >= before ? now - before : now) / seconds
}

/** Null when nobody knows of some dataset. */
function totalLag({ datasets }: Snapshot): number | null {
  return datasets.reduce<number | null>((sum, { lag }) => (sum === null || lag === null ? null : sum + lag), 0)
}

function waiting(count: number | null | undefined): string {
  if (count === null) return 'nobody knows how many wait'
  return count === undefined ? '' : `${grouped(count)} wait`
}
