import type { Bus, ReadStart } from '@tickhouse/bus'
import { entities } from '@tickhouse/catalogue'
import { comparePositions, type JournalSource, type Position, type Standing } from '@tickhouse/journal'
import type { Logger } from '@tickhouse/runtime'
import type { HeldDatasets } from './held-datasets.ts'
import { type LookedUp, lookUp } from './look-up.ts'
import { type JournalPoint, journalStart, type PublishPoint } from './publish-point.ts'
import { noteIn, PublishedRecords } from './published.ts'

/** Where publishing goes on, and what must not be published again. */
export interface Recovery {
  readonly published: PublishedRecords
  readonly backlog: Backlog
  readonly lookedUp: LookedUp
}

/** What lies between two places of the journal. */
export interface Backlog {
  /** Up to where. */
  readonly end: Position
  /** What this process had appended when it was measured; part of the backlog. */
  readonly appended: Pick<Standing, 'appendedEntries' | 'appendedBytes'>
  /** Sessions with something that may have been published, be it only their opening. */
  readonly sessions: ReadonlySet<string>
  readonly entries: number
  readonly bytes: number
  /** Time of the earliest record that can come of it, µs. */
  readonly earliestUs: number
  /** Whether its times rise, and lie before now: the clock was set back otherwise, and Kafka may have other times of what came of it. */
  readonly isOrdered: boolean
}

/** What recovering works with. */
export interface RecoverDeps {
  readonly journal: JournalSource
  readonly bus: Bus
  readonly log: Logger
}

/** Kafka finds records by their time; this much earlier is read, should clocks have been stepped between two sessions. */
const marginMs = 2_000

/** The checkpoint, if it is one of this journal; one that lies behind the journal's end belongs to another. */
export function checkpointWithin({ journal, log }: Pick<RecoverDeps, 'journal' | 'log'>, point: PublishPoint | undefined): PublishPoint {
  const front = point?.front ?? point
  if (point === undefined || front === undefined) return journalStart
  if (comparePositions(front.position, journal.end) <= 0) return point
  log.error({ checkpoint: front.position, journal: journal.end }, 'The checkpoint lies behind the end of the journal and counts as none')
  return journalStart
}

/**
 * Finds out what is left to publish. What lies behind the front may be in the topics or not, even in part: a process can die, or lose Kafka, between sending
 * and hearing of it. So the tails of the topics are read: from the offsets behind which nothing was acknowledged, or, where none is known, since the first of those
 * records. What is there is left out by its number. Topics that cannot be read are told; those of held datasets are not looked at.
 */
export async function recoverPublishing(
  deps: RecoverDeps,
  { ends, held, front }: { readonly ends: PublishPoint['ends']; readonly held: HeldDatasets; readonly front: JournalPoint },
  signal: AbortSignal,
): Promise<Recovery> {
  const low = held.late.reduce((lowest, { point }) => (comparePositions(point.position, lowest.position) < 0 ? point : lowest), front)
  const backlog = await measureBacklog(deps.journal, front)
  const late = low === front ? backlog : await measureBacklog(deps.journal, low)
  const published = new PublishedRecords(backlog.end)
  const topics = entities.filter(({ name }) => !held.held.has(name)).map(({ topic }) => topic.name)
  const lookedUp = await lookUp(deps.bus, topics, startOf(late, ends), noteIn(published, late.sessions), signal)
  const { entries, bytes, sessions } = backlog
  if (sessions.size > 0)
    deps.log.info(
      { entries, bytes, sessions: [...sessions] },
      'Publishing continues from the checkpoint; records that are in the topics already are skipped',
    )
  return { backlog, published, lookedUp }
}

/** Nothing is in doubt when nothing is left to publish. A partition that the offsets do not name is younger than they are. */
function startOf({ sessions, earliestUs, isOrdered }: Backlog, ends: PublishPoint['ends']): ReadStart {
  if (sessions.size === 0) return { offsets: {}, otherwise: 'latest' }
  if (ends !== undefined || !isOrdered) return { offsets: ends ?? {}, otherwise: 'earliest' }
  return { offsets: {}, otherwise: { sinceMs: Math.max(0, Math.floor(earliestUs / 1000) - marginMs) } }
}

async function measureBacklog(journal: JournalSource, point: JournalPoint): Promise<Backlog> {
  const appended = journal.standing
  const { end } = appended
  const sessions = new Set<string>()
  let [entries, bytes, earliestUs, latestUs, isOrdered] = [0, 0, Number.POSITIVE_INFINITY, 0, true]
  const meet = (timeUs: number) => {
    earliestUs = Math.min(earliestUs, timeUs)
    if (timeUs < latestUs - marginMs * 1000) isOrdered = false
    latestUs = Math.max(latestUs, timeUs)
  }
  for await (const batch of journal.readAll({ from: point.position, to: end })) {
    const { session, openedAtUs } = batch.header
    if (session !== point.session && !sessions.has(session)) meet(openedAtUs)
    sessions.add(session)
    entries += batch.entries.length
    for (const entry of batch.entries) {
      meet(entry.timeUs)
      bytes += entry.bytes.length
    }
  }
  isOrdered &&= latestUs <= (Date.now() + marginMs) * 1000
  return { end, appended, sessions, entries, bytes, earliestUs, isOrdered }
}
