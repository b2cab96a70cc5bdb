import type { Entry, GapEntry, LastEntry, Missing, PendingGaps, Refused } from '@tickhouse/journal'

/** Nothing but gaps follows a close in its session. */
export function isClosed({ kind, notes }: LastEntry): boolean {
  return kind === 'close' || (kind === 'gap' && notes.some(note => note.kind === 'close'))
}

/** What is pending after a session that was closed. Older journals do not say. */
export function pendingAfterClose({ timeUs, notes }: LastEntry): PendingGaps {
  const { owed } = contentOf(notes.findLast(({ kind }) => kind === 'close')!) as { owed?: PendingGaps }
  const idle = 'the collector was not running'
  if (owed?.missing === undefined) return { missing: { fromUs: timeUs, reason: 'stopped', evidence: idle } }
  const { evidence } = owed.missing
  return { ...owed, missing: { ...owed.missing, evidence: evidence.endsWith(idle) ? evidence : `${evidence}; then ${idle}` } }
}

/** What is pending after a session without a close: all may be missing since its last entry, or since earlier if its registrations were never complete. */
export function pendingAfterCrash({ header, notes, timeUs }: LastEntry, crash: string): PendingGaps {
  const { missing, gaps = [], refused = [] } = (header.owed ?? {}) as PendingGaps
  const written = notes.filter(({ kind }) => kind === 'gap')
  const entries = written.map(note => contentOf(note) as GapEntry)
  const texts = written.map(({ bytes }) => bytes.toString('utf8'))
  const isSettled = missing === undefined || entries.some(({ from }) => from === missing.fromUs)
  const isOver = ({ fromUs, reason, symbols }: Refused) =>
    entries.some(gap => gap.from === fromUs && gap.reason === reason && gap.symbols?.join() === symbols?.join())
  const ended = [...refused, ...entries.filter(({ goesOn }) => goesOn).map(remainderOf)].filter(
    rest => rest.fromUs < timeUs && !isOver(rest),
  )
  return {
    missing: isSettled ? { fromUs: timeUs, reason: 'crashed', evidence: crash } : interrupted(missing, crash),
    gaps: [
      ...gaps.filter(gap => !texts.includes(JSON.stringify(gap))),
      ...ended.map(({ fromUs, ...pairs }) => ({ ...pairs, from: fromUs, to: timeUs })),
    ],
  }
}

/** What follows a gap that goes on. */
export function remainderOf({ from: _from, to, goesOn: _goesOn, ...pairs }: GapEntry): Refused {
  return { ...pairs, fromUs: to }
}

function interrupted({ fromUs, reason, evidence }: Missing, crash: string): Missing {
  const both = reason === 'crashed' ? evidence : `${evidence}; before all was registered again ${crash}`
  return { fromUs, reason: 'crashed', evidence: both }
}

function contentOf({ bytes }: Entry): unknown {
  return JSON.parse(bytes.toString('utf8'))
}
