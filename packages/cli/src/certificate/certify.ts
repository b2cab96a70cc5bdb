import type { Bus } from '@tickhouse/bus'
import { delay, TickhouseError } from '@tickhouse/runtime'
import type { Store } from '@tickhouse/store'
import { feedGaps } from '../feed-gaps.ts'
import { type JournalSession, journalSessions } from '../journal/sessions.ts'
import { dayOf } from '../korean-time.ts'
import { type Gathered, gather } from '../verify/gather.ts'
import { journalCounts, type SessionCounts } from '../verify/journal-counts.ts'
import type { Stations } from '../verify/judge.ts'
import { type Arrival, arrivalOf, type Progress } from './arrival.ts'
import { type Certificate, certificateOf, type Evidence } from './certificate.ts'
import { withoutSession } from './day-gaps.ts'
import { missingRows } from './missing-rows.ts'
import { type Committed, committedOffsets, progressOf } from './progress.ts'
import { removedSessions } from './removed-sessions.ts'
import { reconcile, tradedItems } from './volume.ts'
import type { Window } from './window.ts'

/** Which date is certified, and with what. */
export interface CertifyOptions {
  readonly date: string
  readonly window: Window
  readonly journalDirectory: string
  readonly bus: Bus
  readonly store: Store
  /** Consumer group of the sink. */
  readonly group: string
  /** Sessions that an earlier certificate of the date names. */
  readonly certified: readonly string[]
  /** How long to wait for records that are on their way. */
  readonly waitMs: number
  readonly signal: AbortSignal
}

/** Finds out what a date is worth: reads its journal once, then asks topics and tables until nothing is on its way or the waiting time is over. Throws JOURNAL_REMOVED. */
export async function certify(options: CertifyOptions): Promise<Certificate> {
  const { date, window, journalDirectory, waitMs, signal } = options
  const stored = await journalSessions(journalDirectory)
  await requireJournal(options, stored)
  const sessions = await journalCounts(journalDirectory, dayOf(date), stored)
  const deadline = performance.now() + waitMs
  const isUnfinished = Date.now() * 1000 < window.toUs || sessions.some(({ open }) => open)
  for (;;) {
    const certificate = await examine(options, stored, sessions)
    if (certificate.condition !== 'pending' || isUnfinished || performance.now() >= deadline) return certificate
    await delay(1000, signal)
  }
}

/** What a date was can only be told from its whole journal. */
async function requireJournal(
  { date, store, journalDirectory, certified, signal }: CertifyOptions,
  stored: readonly JournalSession[],
): Promise<void> {
  const known = new Set(stored.map(({ header }) => header.session))
  const gone = [...certified.filter(session => !known.has(session)), ...(await removedSessions(store, dayOf(date), stored, signal))]
  if (gone.length === 0) return
  const sessions = [...new Set(gone)].sort()
  throw new TickhouseError(
    'JOURNAL_REMOVED',
    `The journal of ${date} is not there any more: ${journalDirectory} lacks session ${sessions.join(', ')}. Sessions are removed when they are older than JOURNAL_RETENTION ` +
      '(or they are in another journal); without them nothing can be certified. A certificate that was made before is kept as it is.',
    { sessions },
  )
}

async function examine(
  options: CertifyOptions,
  stored: readonly JournalSession[],
  sessions: readonly SessionCounts[],
): Promise<Certificate> {
  const { date, window, store, signal } = options
  const day = dayOf(date)
  const checkedAtUs = Date.now() * 1000
  const { gathered, committed } = await ask(options, sessions)
  const known = new Set(stored.map(({ header }) => header.session))
  const written = (await feedGaps(store, { interval: day }, signal)).filter(({ session }) => known.has(session))
  const progress = progressOf(gathered, committed, day.fromUs, checkedAtUs)
  const items = await tradedItems(
    store,
    day,
    sessions.map(({ session }) => session),
    signal,
  )
  return certificateOf({
    date,
    window,
    checkedAtUs,
    sessions,
    stations: await arrived(options, gathered, progress),
    gaps: [...written, ...withoutSession(sessions, written, window, checkedAtUs)].sort((a, b) => a.from - b.from),
    volume: reconcile(items, written),
  })
}

/** What is on its way and what is lost, the lost rows by their numbers. */
async function arrived(
  { date, store, signal }: CertifyOptions,
  { stations, openLetters }: Gathered,
  progress: Progress,
): Promise<Evidence['stations']> {
  const named: (Stations & Arrival)[] = []
  for (const station of stations) {
    const isLate = arrivalOf(station, progress).late.length > 0
    const explained = openLetters.get(`${station.session}/${station.dataset}`)
    const rows = isLate ? [] : await missingRows(store, station, explained, dayOf(date), signal)
    const known = { ...station, missingRows: rows }
    named.push({ ...known, ...arrivalOf(known, progress) })
  }
  return named
}

/** The sink is asked how far it is after the topics and before the tables: what it had committed by then is visible in the tables, or lost. */
async function ask({ date, bus, store, group, signal }: CertifyOptions, sessions: readonly SessionCounts[]) {
  let committed: Committed = new Map()
  if (sessions.length === 0) return { committed, gathered: nothing }
  const datasets = new Set(['dead_letter', ...sessions.flatMap(({ numbers }) => Object.keys(numbers))])
  const gathered = await gather({ bus, store, signal }, sessions, dayOf(date), async () => {
    committed = await committedOffsets(bus, group, datasets, signal)
  })
  return { committed, gathered }
}

const nothing: Gathered = {
  topics: { records: new Map(), refused: new Map(), unread: new Map(), gaps: [], deadLetters: 0, lastOffsets: new Map(), publishedToUs: 0 },
  tables: { counts: new Map(), letters: new Map(), suspended: new Set() },
  openLetters: new Map(),
  stations: [],
}
