import { type Entry, type GapEntry, type PendingGaps, readJournal } from '@tickhouse/journal'
import type { JournalSession } from './sessions.ts'

/** Something that an open session misses now, and since when; lists are left out where everything is meant. */
export interface GoingOn {
  readonly fromUs: number
  readonly reason: string
  readonly types?: readonly string[]
  readonly symbols?: readonly string[]
  readonly evidence?: string
}

/**
 * What the collector would still have to write if the session ended now: pairs that the venue refused, and the time since the session before as long as
 * not everything is registered again. The header of the last segment holds the pending gaps of its beginning, the entries behind it what came since.
 */
export async function goingOnAt(directory: string, { header, lastSegment, from }: JournalSession): Promise<GoingOn[]> {
  const start = lastSegment === from.segment ? from : { segment: lastSegment, offset: 0 }
  const gaps: GapEntry[] = []
  let pending = (header.owed ?? {}) as PendingGaps
  let isFirst = true
  for await (const batch of readJournal(directory, { from: start })) {
    if (batch.header.session !== header.session) continue
    if (isFirst) pending = (batch.header.owed ?? {}) as PendingGaps
    isFirst = false
    gaps.push(...batch.entries.flatMap(gapIn))
  }
  const isSettled = gaps.some(gap => gap.from === pending.missing?.fromUs)
  const refused = gaps.filter(({ goesOn }) => goesOn).map(({ from: _, to, goesOn: __, ...pairs }) => ({ ...pairs, fromUs: to }))
  return [...(pending.missing === undefined || isSettled ? [] : [pending.missing]), ...(pending.refused ?? []), ...refused]
}

function gapIn({ kind, bytes }: Entry): GapEntry[] {
  if (kind !== 'gap') return []
  try {
    return [JSON.parse(bytes.toString()) as GapEntry]
  } catch {
    return []
  }
}
