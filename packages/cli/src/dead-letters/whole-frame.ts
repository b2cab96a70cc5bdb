import { readJournal } from '@tickhouse/journal'
import { UsageError } from '../usage-error.ts'
import type { Letter } from './letters.ts'

/** The frame of a letter as the journal has it; undefined where the letter's own text is whole. Throws UsageError when the journal has let go of it. */
export async function wholeFrame(directory: string, letter: Letter): Promise<Buffer | undefined> {
  const { id, session, journal_segment: segment, journal_offset: offset } = letter
  if (segment == null || offset == null) return undefined
  for await (const { header, entries } of readJournal(directory, { from: { segment, offset }, maxBytes: 1 })) {
    const entry = entries.find(each => each.offset === offset)
    if (entry === undefined || header.session !== session) break
    return entry.bytes
  }
  throw new UsageError(`The journal in ${directory} does not hold the frame of ${id}: expected it at segment ${segment}, offset ${offset}`)
}
