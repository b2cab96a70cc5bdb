import { dayOf, type Interval, type TradingDay } from '@tickhouse/calendar'
import { itemSilent } from '@tickhouse/catalogue'
import { delay, messageOf, TickhouseError, untold } from '@tickhouse/runtime'
import { isOfOneTable } from '@tickhouse/store'
import { type FeedGap, feedGaps } from '../gaps.ts'
import { isStillOpen } from '../journal/session-ends.ts'
import { type JournalSession, type StoredJournal, storedJournals } from '../journal/sessions.ts'
import { type Asking, type Gathered, gather } from '../verify/gather.ts'
import { journalCounts, type SessionCounts } from '../verify/journal-counts.ts'
import type { Stages } from '../verify/judge.ts'
import { type Arrival, arrivalOf, type Committed, type PipelineProgress, progressOf, sinkOffsets } from './arrival.ts'
import type { Certificate } from './certificate.ts'
import { lastingGaps, withoutSession } from './day-gaps.ts'
import { certificateOf, type Evidence } from './draw-up.ts'
import { missingRows, removedSessions } from './missing-rows.ts'
import { reconcile, tradedItems, type Volume } from './volume.ts'
import { unfinishedOf, type Window } from './window.ts'

/** Which date is certified, and with what. */
export interface CertifyOptions extends Asking {
  readonly date: string
  readonly window: Window
  /** What the calendar says of the date. */
  readonly market: TradingDay
  /** One for each collector: all of them must have captured, as they share what is captured. */
  readonly journalDirectories: readonly string[]
  /** Consumer group of the sink. */
  readonly group: string
  /** Sessions that an earlier certificate of the date names. */
  readonly certified: readonly string[]
  /** How long to wait for records that are on their way. */
  readonly waitMs: number
  readonly signal: AbortSignal
}

/** What one look at a date works with. */
interface Case {
  readonly stored: readonly JournalSession[]
  readonly sessions: readonly SessionCounts[]
  /** The same, journal by journal. */
  readonly byJournal: readonly { readonly directory: string; readonly sessions: readonly SessionCounts[] }[]
  /** The records that are judged: those of the date, or those up to the end of the window while a session goes on. */
  readonly judged: Interval
}

/** Finds out what a date is worth: reads its journals once, then asks topics and tables until nothing is on its way or the waiting time is over. Throws JOURNAL_REMOVED. */
export async function certify(options: CertifyOptions): Promise<Certificate> {
  const { window, waitMs, signal, tell = untold } = options
  tell(() => 'Looking for the sessions of the date')
  const journals = await storedJournals(options.journalDirectories)
  await requireJournal(
    options,
    journals.flatMap(({ sessions }) => sessions),
  )
  const found = await judgedRecords(options, journals)
  const deadline = performance.now() + waitMs
  const isUnfinished = unfinishedOf({ window, checkedAtUs: Date.now() * 1000, sessions: found.sessions }).length > 0
  for (;;) {
    const certificate = await examine(options, found)
    if (certificate.condition !== 'pending' || isUnfinished || performance.now() >= deadline) return certificate
    tell(() => 'Waiting for what is on its way')
    await delay(1000, signal)
  }
}

/** The whole date, once it is over or nothing of it can grow; else what came before the window ended, which does not grow any more. */
async function judgedRecords({ date, window, ...doing }: CertifyOptions, journals: readonly StoredJournal[]): Promise<Case> {
  const day = dayOf(date)
  const untilWindow = { ...day, toUs: window.toUs }
  const isOver = Date.now() * 1000 >= day.toUs
  const open = isOver ? [] : await Promise.all(journals.map(({ directory, sessions }) => isStillOpen(directory, sessions)))
  const judged = open.includes(true) ? untilWindow : day
  const byJournal: Case['byJournal'][number][] = []
  for (const { directory, sessions } of journals)
    byJournal.push({ directory, sessions: await journalCounts(directory, judged, sessions, doing) })
  return {
    stored: journals.flatMap(({ sessions }) => sessions),
    judged,
    byJournal,
    sessions: byJournal.flatMap(({ sessions }) => sessions),
  }
}

/** What a date was can only be told from its whole journal. */
async function requireJournal(
  { date, store, journalDirectories, certified, signal }: CertifyOptions,
  stored: readonly JournalSession[],
): Promise<void> {
  const known = new Set(stored.map(({ header }) => header.session))
  const gone = [...certified.filter(session => !known.has(session)), ...(await removedSessions(store, dayOf(date), stored, signal))]
  if (gone.length === 0) return
  const sessions = [...new Set(gone)].sort()
  throw new TickhouseError(
    'JOURNAL_REMOVED',
    `The journal of ${date} is not there any more: ${journalDirectories.join(', ')} lacks session ${sessions.join(', ')}. Sessions are removed when they are older than JOURNAL_RETENTION ` +
      '(or they are in another journal); without them nothing can be certified. A certificate that was made before is kept as it is.',
    { sessions },
  )
}

async function examine(options: CertifyOptions, found: Case): Promise<Certificate> {
  const { date, window, market } = options
  const { sessions, judged } = found
  const checkedAtUs = Date.now() * 1000
  const { gathered, committed } = await ask(options, found)
  const { tell = untold } = options
  tell(() => 'Asking for gaps, and adding up the traded volume')
  const { gaps: all, reason } = await writtenGaps(options, found)
  const [silent, written] = [all.filter(isSilence), all.filter(gap => !isSilence(gap))]
  const gaps = [...written, ...lastingGaps(sessions, written, checkedAtUs)]
  const uncovered = market.state === 'closed' ? [] : uncoveredBy(found, gaps, window, checkedAtUs)
  const progress = progressOf(gathered, committed, judged.fromUs, checkedAtUs)
  return certificateOf({
    date,
    window,
    market,
    judged,
    checkedAtUs,
    sessions,
    stages: await arrived(options, gathered, { progress, judged }),
    unreadable: gathered.unreadable,
    gapsUnknown: reason,
    gaps: [...gaps, ...uncovered].sort((a, b) => a.from - b.from),
    silentItems: silent,
    volume: gathered.unreadable.has('trade') ? reconcile([], []) : await volumeOf(options, found, written),
  })
}

/** True for the gap of a silent item: it is named and decides nothing, since it is unknown whether anything is missing. */
function isSilence({ reason }: FeedGap): boolean {
  return reason === itemSilent
}

/** What no session covers: of several collectors each must have had one, whatever the others had. */
function uncoveredBy({ byJournal }: Case, gaps: readonly FeedGap[], window: Window, nowUs: number): FeedGap[] {
  const [only, ...others] = byJournal
  if (only !== undefined && others.length === 0) return withoutSession(only.sessions, gaps, window, nowUs)
  return byJournal.flatMap(({ directory, sessions }) => {
    const own = new Set(sessions.map(({ session }) => session))
    return withoutSession(
      sessions,
      gaps.filter(({ session }) => own.has(session)),
      window,
      nowUs,
      ` in ${directory}`,
    )
  })
}

/** The gaps of the date that sessions of these journals wrote down; why they cannot be read, where they cannot. */
async function writtenGaps({ date, store, signal }: CertifyOptions, { stored }: Case): Promise<{ gaps: FeedGap[]; reason: string[] }> {
  const known = new Set(stored.map(({ header }) => header.session))
  try {
    const gaps = await feedGaps(store, { interval: dayOf(date) }, signal)
    return { gaps: gaps.filter(({ session }) => known.has(session)), reason: [] }
  } catch (error) {
    if (!isOfOneTable(error)) throw error
    return { gaps: [], reason: [`gaps are not known: table feed_gap cannot be read: ${messageOf(error)}`] }
  }
}

async function volumeOf({ store, signal }: CertifyOptions, { sessions, judged }: Case, gaps: readonly FeedGap[]): Promise<Volume> {
  const names = sessions.map(({ session }) => session)
  return reconcile(await tradedItems(store, judged, names, signal), gaps)
}

/** What is on its way and what is lost, the lost rows by their numbers. */
async function arrived(
  { store, signal, tell = untold }: CertifyOptions,
  { stages, openDeadLetters }: Gathered,
  { progress, judged }: { readonly progress: PipelineProgress; readonly judged: Interval },
): Promise<Evidence['stages']> {
  const named: (Stages & Arrival)[] = []
  for (const stage of stages) {
    tell(() => `Looking for missing rows of ${stage.dataset}`)
    const isAsked = arrivalOf(stage, progress).late.length === 0 && (stage.unreadable ?? []).length === 0
    const explained = openDeadLetters.get(`${stage.session}/${stage.dataset}`)
    const rows = isAsked ? await missingRows(store, stage, explained, judged, signal) : []
    const known = { ...stage, missingRows: rows }
    named.push({ ...known, ...arrivalOf(known, progress) })
  }
  return named
}

/** The sink is asked how far it is after the topics and before the tables: what it had committed by then is visible in the tables, or lost. */
async function ask({ bus, store, group, signal, tell }: CertifyOptions, { sessions, judged }: Case) {
  let committed: Committed = new Map()
  if (sessions.length === 0) return { committed, gathered: nothing }
  const datasets = new Set(['dead_letter', ...sessions.flatMap(({ numbers }) => Object.keys(numbers))])
  const gathered = await gather({ bus, store, signal, ...(tell && { tell }) }, sessions, judged, async ({ unreadable }) => {
    const readable = [...datasets].filter(dataset => !unreadable.has(dataset))
    committed = await sinkOffsets(bus, group, readable, signal)
  })
  return { committed, gathered }
}

const nothing: Gathered = {
  topics: {
    records: new Map(),
    refused: new Map(),
    unread: new Map(),
    gaps: [],
    deadLetters: 0,
    lastOffsets: new Map(),
    publishedToUs: 0,
    unreadable: new Map(),
  },
  tables: { counts: new Map(), letters: new Map(), suspended: new Set(), unreadable: new Map() },
  openDeadLetters: new Map(),
  stages: [],
  unreadable: new Map(),
}
