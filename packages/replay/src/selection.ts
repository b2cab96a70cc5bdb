import { dateOf, type JournalSession, journalSessions, sessionsIn } from '@tickhouse/audit'
import { always, dateAt, dayOf, type Interval, type KoreanDate, koreanTime, readClock, readTime } from '@tickhouse/calendar'
import { UsageError } from '@tickhouse/runtime'
import { ItemFilter, type WantedData } from './item-filter.ts'

/** Which part of a journal is to be replayed, as a person names it: a Korean date, a session, or times that name their date. */
export interface ReplayOrder extends WantedData {
  readonly directory: string
  /** `2026-11-25`, `today` or `yesterday`. */
  readonly date?: string | undefined
  readonly session?: string | undefined
  /** Capture times, Korean: `09:00` on the date (of a session, on the one on which it was opened), or `2026-11-25T09:00`. */
  readonly from?: string | undefined
  readonly to?: string | undefined
}

/** That part as it was found in the journal. */
export interface Selection {
  readonly directory: string
  readonly sessions: readonly JournalSession[]
  /** Of capture times. It ends with the moment of the look: of a journal that is being written, the rest is left out. */
  readonly interval: Interval
  readonly filter: ItemFilter
  /** The date or the session, in words. */
  readonly name: string
}

/** Finds it. Throws UsageError where it is not there, with the sessions that are. */
export async function selectFrames(order: ReplayOrder, nowUs: number): Promise<Selection> {
  const { directory, symbols, types } = order
  const filter = new ItemFilter({ symbols, types })
  const stored = await journalSessions(directory)
  const { sessions, date, base, name } = named(order, stored, nowUs)
  const interval = intervalOf(order, { date, base, nowUs })
  const found = await sessionsIn(directory, sessions, interval)
  if (found.length === 0) throw new UsageError(`The journal in ${directory} holds nothing of ${name}; ${sessionList(stored)}`)
  return { directory, sessions: found, interval, filter, name }
}

interface Named {
  readonly sessions: readonly JournalSession[]
  /** The date on which a clock time lies. */
  readonly date: KoreanDate | undefined
  readonly base: Interval
  readonly name: string
}

function named({ directory, date, session, from, to }: ReplayOrder, stored: readonly JournalSession[], nowUs: number): Named {
  if (date !== undefined && session !== undefined) throw new UsageError('Expected either --date or --session, not both')
  if (session !== undefined) {
    const sessions = stored.filter(({ header }) => header.session === session)
    const [found] = sessions
    if (found === undefined) throw new UsageError(`The journal in ${directory} has no session ${session}; ${sessionList(stored)}`)
    return { sessions, date: dateAt(found.header.openedAtUs), base: always, name: `session ${session}` }
  }
  if (date !== undefined) {
    const korean = dateOf(date, nowUs)
    return { sessions: stored, date: korean, base: dayOf(korean), name: korean }
  }
  if (from === undefined)
    throw new UsageError(`Expected --date, --session, or --from with a date such as 2026-11-25T09:00; ${sessionList(stored)}`)
  return { sessions: stored, date: undefined, base: always, name: `the time from ${from}${to === undefined ? '' : ` to ${to}`}` }
}

function intervalOf(
  { from, to }: ReplayOrder,
  { date, base, nowUs }: { readonly date: KoreanDate | undefined; readonly base: Interval; readonly nowUs: number },
): Interval {
  const fromUs = from === undefined ? base.fromUs : timeIn('--from', from, date, nowUs).fromUs
  const toUs = Math.min(to === undefined ? base.toUs : timeIn('--to', to, date, nowUs).toUs, nowUs)
  if (fromUs >= toUs)
    throw new UsageError(`Expected --from before --to, and both before now, was ${koreanTime(fromUs)} and ${koreanTime(toUs)}`)
  return { fromUs, toUs }
}

function timeIn(option: string, word: string, date: KoreanDate | undefined, nowUs: number): Interval {
  const clockUs = date === undefined ? undefined : readClock(word)
  if (clockUs !== undefined) {
    const us = dayOf(date!).fromUs + clockUs
    return { fromUs: us, toUs: us }
  }
  const time = readTime(word, nowUs)
  if (time === undefined)
    throw new UsageError(`Expected ${option} as 09:00 (with --date or --session) or 2026-11-25T09:00, Korean time, was "${word}"`)
  return time
}

const maxListed = 20

/** The sessions that there are, the latest of many. */
function sessionList(stored: readonly JournalSession[]): string {
  if (stored.length === 0) return 'it has no session'
  const lines = stored.slice(-maxListed).map(({ header }) => `  ${header.session}  opened ${koreanTime(header.openedAtUs)}`)
  return `${stored.length > maxListed ? `its latest ${maxListed} of ${stored.length} sessions are` : 'its sessions are'}:\n${lines.join('\n')}`
}
