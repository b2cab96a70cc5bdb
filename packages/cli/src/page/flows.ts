import type { Flow, StationName } from '@tickhouse/page'
import { allOf, rateOf } from '../fleet/rates.ts'
import { grouped } from '../output.ts'
import { heard, type Snapshot } from '../start/observe.ts'

/** What passes from station to station, from two looks some seconds apart. */
export function flowsOf(before: Snapshot | undefined, now: Snapshot): Flow[] {
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

function flow(from: StationName, to: StationName, perSecond: number | null, note: string): Flow {
  return { from, to, perSecond, note }
}

/** Null when nobody knows of some dataset. */
function totalLag({ datasets }: Snapshot): number | null {
  return datasets.reduce<number | null>((sum, { lag }) => (sum === null || lag === null ? null : sum + lag), 0)
}

function waiting(count: number | null | undefined): string {
  if (count === null) return 'nobody knows how many wait'
  return count === undefined ? '' : `${grouped(count)} wait`
}
