import type { CollectorLine } from '@tickhouse/page'
import { answersOf } from '../fleet/collectors.ts'
import { allOf, rateOf } from '../fleet/rates.ts'
import type { Snapshot } from '../start/observe.ts'
import type { Reading } from './reading.ts'
import { serviceCondition } from './stations.ts'

/** Each of several collectors, from two looks some seconds apart; none where there is only one, of which the stations tell. */
export function collectorLinesOf(before: Snapshot | undefined, { snapshot, collectors }: Reading): CollectorLine[] {
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
