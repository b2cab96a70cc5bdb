import { always, type Interval } from '@tickhouse/calendar'
import { admitted, type Produced, SessionNormalizer } from '@tickhouse/catalogue'
import { type Entry, readJournal } from '@tickhouse/journal'
import { type Doing, grouped, untold } from '@tickhouse/runtime'
import { type GoingOn, goingOnAt } from '../journal/going-on.ts'
import { type End, endOf, furtherEnd, sessionsIn } from '../journal/session-ends.ts'
import { type JournalSession, journalSessions } from '../journal/sessions.ts'
import { EntryChecksum } from './entry-checksum.ts'

/** The numbers that a dataset got, from the first to the last one, and when the last one was. */
export interface Numbers {
  readonly first: number
  readonly last: number
  readonly lastUs: number
}

/** What one session of a journal must have become, within the time that was asked for. */
export interface SessionCounts {
  readonly session: string
  readonly openedAtUs: number
  readonly collector: string
  readonly environment: string
  /** True while records may still be added: the last session of the journal, unless it was closed. */
  readonly open: boolean
  /** True where entries of it were lost from the journal, by a power loss or by damage: what was published of them is in the topics only. */
  readonly cut: boolean
  /** Time of its last entry. */
  readonly endedAtUs: number
  /** Time of the last frame that was looked at, or 0: the connection lived then. */
  readonly heardAtUs: number
  /** Of a session that is open: what is missing now and becomes a gap only later. */
  readonly goingOn: readonly GoingOn[]
  /** By dataset; those that got none are left out. */
  readonly numbers: Readonly<Record<string, Numbers>>
  /** Of the entries from the session's beginning to the end of that time. */
  readonly journal: { readonly entries: number; readonly bytes: number; readonly sha256: string }
}

/** How many records each of these numbers stands for. */
export function countIn({ first, last }: Numbers): number {
  return last - first + 1
}

/**
 * Normalizes the sessions of a journal that reach into a stretch of time again, and counts. Needs no other process and disturbs none. Numbering begins with a
 * session, so each is read from its beginning, but not beyond the end of that time.
 */
export async function journalCounts(
  directory: string,
  time: Interval = always,
  stored?: readonly JournalSession[],
  { tell = untold, signal }: Partial<Doing> = {},
): Promise<SessionCounts[]> {
  const sessions = await sessionsIn(directory, stored ?? (await journalSessions(directory)), time)
  const counts: SessionCounts[] = []
  for (const session of sessions) {
    const counting = new Counting(session, time)
    const at = `session ${counts.length + 1} of ${sessions.length}`
    tell(() => `Reading the journal: ${at}, ${grouped(counting.checksum.entries)} entries`)
    counts.push(await countSession(directory, session, counting, signal))
  }
  return counts
}

async function countSession(
  directory: string,
  stored: JournalSession,
  counting: Counting,
  signal: AbortSignal | undefined,
): Promise<SessionCounts> {
  const { session, openedAtUs, collector, environment } = stored.header
  const { from, to } = stored
  let isDamaged = false
  for await (const { header, entries, start, damage } of readJournal(directory, { from, ...(to && { to }) })) {
    signal?.throwIfAborted()
    if (header.session === session) counting.take(entries, start.segment)
    isDamaged ||= damage !== undefined
    if (counting.isBeyond || (header.session !== session && header.session !== '')) break
  }
  const end = counting.isBeyond ? await endOf(directory, stored) : counting.end
  const { entries, bytes } = counting.checksum
  const journal = { entries, bytes, sha256: counting.checksum.digest() }
  const numbers = Object.fromEntries(counting.numbers)
  const open = to === undefined && !end?.closed
  const cut = isDamaged || end?.crashed === true
  const known = { session, openedAtUs, collector, environment, open, cut, numbers, journal }
  const goingOn = open ? await goingOnAt(directory, stored) : []
  return { ...known, goingOn, endedAtUs: end?.timeUs ?? openedAtUs, heardAtUs: end?.heardAtUs ?? 0 }
}

/** Counts what becomes of the entries of one session. */
class Counting {
  readonly checksum = new EntryChecksum()
  readonly numbers = new Map<string, { first: number; last: number; lastUs: number }>()
  end: End | undefined
  /** True once an entry behind the time was met. */
  isBeyond = false
  readonly #normalizer: SessionNormalizer
  readonly #time: Interval

  constructor({ header }: JournalSession, time: Interval) {
    this.#time = time
    this.#normalizer = new SessionNormalizer(header)
    this.#count(this.#normalizer.open())
  }

  take(entries: readonly Entry[], segment: number): void {
    const beyond = entries.findIndex(({ timeUs }) => timeUs >= this.#time.toUs)
    const taken = beyond < 0 ? entries : entries.slice(0, beyond)
    this.isBeyond = beyond >= 0
    this.checksum.add(taken)
    for (const entry of taken) this.#count(this.#normalizer.entry(admitted(entry, segment)))
    this.end = furtherEnd(this.end, taken)
  }

  #count(produced: readonly Produced[]): void {
    const { fromUs, toUs } = this.#time
    for (const { series, seq, timestamp } of produced) {
      if (timestamp < fromUs || timestamp >= toUs) continue
      const numbers = this.numbers.get(series)
      if (numbers === undefined) this.numbers.set(series, { first: seq, last: seq, lastUs: timestamp })
      else {
        numbers.last = seq
        numbers.lastUs = timestamp
      }
    }
  }
}
