import type { Bus } from '@tickhouse/bus'
import { beginning, comparePositions, type Journal, type JournalStats } from '@tickhouse/journal'
import type { Logger } from '@tickhouse/runtime'
import type { PublishPoint } from './publish-point.ts'
import { PublishedRecords, readPublished } from './published.ts'

/** Where publishing goes on, and what must not be published again. */
export interface Recovery {
  /** Undefined: from the beginning of the journal. */
  readonly point: PublishPoint | undefined
  readonly published: PublishedRecords
  readonly backlog: Backlog
}

/** What lies between the checkpoint and the end of the journal. */
export interface Backlog {
  /** What this process had appended when it was measured; part of the backlog. */
  readonly appended: Pick<JournalStats, 'appendedEntries' | 'appendedBytes'>
  /** Sessions with something that may have been published, be it only their opening. */
  readonly sessions: ReadonlySet<string>
  readonly entries: number
  readonly bytes: number
  /** Time of the earliest record that can come of it, µs. */
  readonly earliestUs: number
}

/** What recovering works with. */
export interface RecoverParts {
  readonly journal: Journal
  readonly bus: Bus
  readonly log: Logger
}

/** Kafka finds records by their time; this much earlier is read, should clocks have been stepped between two sessions. */
const marginMs = 2_000

/**
 * Finds out what is left to publish. What lies behind the checkpoint may be in the topics or not, even in part: a process can die, or lose Kafka, between sending
 * and hearing of it. So the tails of the topics are read since the first of those records, and what is there is left out by its number.
 */
export async function recover(parts: RecoverParts, checkpoint: PublishPoint | undefined, signal: AbortSignal): Promise<Recovery> {
  const point = within(parts, checkpoint)
  const backlog = await measureBacklog(parts.journal, point)
  if (backlog.sessions.size === 0) return { point, backlog, published: new PublishedRecords() }
  const sinceMs = Math.max(0, Math.floor(backlog.earliestUs / 1000) - marginMs)
  const published = await readPublished(parts.bus, backlog.sessions, sinceMs, signal)
  const { entries, bytes, sessions } = backlog
  parts.log.info(
    { entries, bytes, sessions: [...sessions] },
    'Publishing goes on from the checkpoint; what is in the topics already was looked up',
  )
  return { point, backlog, published }
}

/** A checkpoint that lies behind the end of the journal belongs to another one: everything is looked up anew. */
function within({ journal, log }: RecoverParts, point: PublishPoint | undefined): PublishPoint | undefined {
  if (point === undefined || comparePositions(point.position, journal.end) <= 0) return point
  log.error({ checkpoint: point.position, journal: journal.end }, 'The checkpoint lies behind the end of the journal and counts as none')
  return undefined
}

async function measureBacklog(journal: Journal, point: PublishPoint | undefined): Promise<Backlog> {
  const { end, stats: appended } = journal
  const sessions = new Set<string>()
  let [entries, bytes, earliestUs] = [0, 0, Number.POSITIVE_INFINITY]
  for await (const batch of journal.readAll({ from: point?.position ?? beginning, to: end })) {
    const { session, openedAtUs } = batch.header
    sessions.add(session)
    entries += batch.entries.length
    if (session !== point?.session) earliestUs = Math.min(earliestUs, openedAtUs)
    for (const entry of batch.entries) {
      earliestUs = Math.min(earliestUs, entry.timeUs)
      bytes += entry.bytes.length
    }
  }
  return { appended, sessions, entries, bytes, earliestUs }
}
