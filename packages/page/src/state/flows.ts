import { grouped } from '@tickhouse/runtime'
import { answersOf } from '../observe/collectors.ts'
import { heard, type Snapshot } from '../observe/observer.ts'
import { allOf, rateOf } from '../observe/rates.ts'
import type { CollectorLine, StageFlow, StageName } from './page-state.ts'
import type { PageReading } from './reading.ts'
import { serviceCondition } from './stages.ts'

/** What passes from stage to stage, from two looks some seconds apart. */
export function flowsOf(before: Snapshot | undefined, now: Snapshot): StageFlow[] {
  const collected = [before && heard(before), heard(now)] as const
  const captured = rateOf(...collected, allOf('received'))
  const published = rateOf(...collected, allOf('published'))
  const stored = rateOf(before && heardSinks(before), heardSinks(now), allOf('stored'))
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

function heardSinks({ atMs, sinks }: Snapshot) {
  return { atMs, statuses: sinks }
}

function flow(from: StageName, to: StageName, perSecond: number | null, note: string): StageFlow {
  return { from, to, perSecond, note }
}

/** Null when the lag of some dataset is unknown. */
function totalLag({ datasets }: Snapshot): number | null {
  return datasets.reduce<number | null>((sum, { lag }) => (sum === null || lag === null ? null : sum + lag), 0)
}

function waiting(count: number | null | undefined): string {
  if (count === null) return 'nobody knows how many wait'
  return count === undefined ? '' : `${grouped(count)} wait`
}

/** Each of several collectors, from two looks some seconds apart; none for a single collector, which the stages show. */
export function collectorLinesOf(before: Snapshot | undefined, { snapshot, collectors }: PageReading): CollectorLine[] {
  if (collectors.length < 2) return []
  return collectors.map(({ url, name, readiness, status }) => {
    const [condition, word] = serviceCondition(readiness)
    const former = before?.collectors.filter(each => each.url === url)
    const own = status === undefined ? [] : [status]
    const perSecond = rateOf(
      former && before && { atMs: before.atMs, statuses: answersOf(former) },
      { atMs: snapshot.atMs, statuses: own },
      allOf('received'),
    )
    return {
      collector: name,
      condition,
      word,
      session: status?.state ?? null,
      perSecond,
      waiting: status?.journal.lagRecords ?? null,
      journalBytes: status?.journal.bytes ?? null,
      gaps: status?.gaps ?? null,
    }
  })
}
