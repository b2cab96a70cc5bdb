import type { Gap } from '@tickhouse/catalogue'
import type { Entry, LastEntry } from '@tickhouse/journal'

/** Since when, and why, records may be missing. */
export interface Missing {
  readonly fromUs: number
  readonly reason: string
  readonly evidence: string
}

/** Pairs that are not captured, and since when that has not been written down. */
export interface Refused extends Omit<Gap, 'from' | 'to'> {
  readonly fromUs: number
}

/** A gap as it stands in the journal. */
export interface GapEntry extends Gap {
  /** It lasts until the session ends: another one follows it there. */
  readonly goesOn?: true
}

/** What is to become a gap and is not written as one. Closes and headers hold it, so that whichever process comes next knows it. */
export interface Owed {
  /** Since the session before, until all is registered again. */
  readonly missing?: Missing
  /** Of a session that ended in a crash, for the next one to write. */
  readonly gaps?: readonly Gap[]
  /** Until the open session ends. */
  readonly refused?: readonly Refused[]
}

/** Nothing but gaps follows a close in its session. */
export function isClosed({ kind, notes }: LastEntry): boolean {
  return kind === 'close' || (kind === 'gap' && notes.some(note => note.kind === 'close'))
}

/** What is owed after a session that was closed; an older journal does not tell. */
export function owedAfterClose({ timeUs, notes }: LastEntry): Owed {
  const { owed } = contentOf(notes.findLast(({ kind }) => kind === 'close')!) as { owed?: Owed }
  const idle = 'the collector was not running'
  if (owed?.missing === undefined) return { missing: { fromUs: timeUs, reason: 'stopped', evidence: idle } }
  const { evidence } = owed.missing
  return { ...owed, missing: { ...owed.missing, evidence: evidence.endsWith(idle) ? evidence : `${evidence}; then ${idle}` } }
}

/** What is owed after a session that nobody closed: since its last entry all may be missing, or since earlier, where it had not become complete. */
export function owedAfterCrash({ header, notes, timeUs }: LastEntry, crash: string): Owed {
  const { missing, gaps = [], refused = [] } = (header.owed ?? {}) as Owed
  const written = notes.filter(({ kind }) => kind === 'gap')
  const entries = written.map(note => contentOf(note) as GapEntry)
  const texts = written.map(({ bytes }) => bytes.toString('utf8'))
  const isSettled = missing === undefined || entries.some(({ from }) => from === missing.fromUs)
  const isOver = ({ fromUs, reason, symbols }: Refused) =>
    entries.some(gap => gap.from === fromUs && gap.reason === reason && gap.symbols?.join() === symbols?.join())
  const ended = [...refused, ...entries.filter(({ goesOn }) => goesOn).map(restOf)].filter(rest => rest.fromUs < timeUs && !isOver(rest))
  return {
    missing: isSettled ? { fromUs: timeUs, reason: 'crashed', evidence: crash } : interrupted(missing, crash),
    gaps: [
      ...gaps.filter(gap => !texts.includes(JSON.stringify(gap))),
      ...ended.map(({ fromUs, ...pairs }) => ({ ...pairs, from: fromUs, to: timeUs })),
    ],
  }
}

/** What follows a gap that goes on. */
export function restOf({ from: _from, to, goesOn: _goesOn, ...pairs }: GapEntry): Refused {
  return { ...pairs, fromUs: to }
}

function interrupted({ fromUs, reason, evidence }: Missing, crash: string): Missing {
  const both = reason === 'crashed' ? evidence : `${evidence}; before all was registered again ${crash}`
  return { fromUs, reason: 'crashed', evidence: both }
}

function contentOf({ bytes }: Entry): unknown {
  return JSON.parse(bytes.toString('utf8'))
}
