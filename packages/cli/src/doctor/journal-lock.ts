import { diskFileSystem, type LockHolder, lockHolder } from '@tickhouse/journal'
import { fail, type Judgement, ok, warn } from './finding.ts'
import type { Check } from './installation.ts'

/** Judges who writes the journal; `expected` is the collector of the running start, if one is known. */
export function judgeJournalLock(holder: LockHolder | undefined, expected: number | undefined): Judgement {
  if (holder === undefined) return fail('no collector writes this journal', 'tickhouse collect')
  const who = `process ${holder.pid} on ${holder.host}`
  if (!holder.isHeld) return fail(`${who} is gone and left its lock; the next collector takes it over`, 'tickhouse collect')
  if (expected !== undefined && holder.pid !== expected)
    return warn(
      `${who} writes this journal, not the collector of this start (process ${expected})`,
      `kill ${holder.pid}   (if that is a second collector)`,
    )
  return ok(`${who} alone writes this journal`)
}

/** One collector per journal. */
export const journalLock: Check = {
  name: 'journal lock',
  needs: ['journal'],
  look: async ({ journalDirectory, run }) => {
    const collector = run?.processes.find(({ name }) => name === 'collector')?.pid
    return [judgeJournalLock(await lockHolder(journalDirectory!, diskFileSystem), collector)]
  },
}
