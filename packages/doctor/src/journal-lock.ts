import { diskFileSystem, type LockHolder, lockHolder } from '@tickhouse/journal'
import { type Check, fail, type Judgement, ok, warn } from './check.ts'

/** Judges who writes the journal; `expected` is the collector of the running start, if one is known, and `journal` one of several. */
export function judgeJournalLock(holder: LockHolder | undefined, expected: number | undefined, journal = 'this journal'): Judgement {
  if (holder === undefined) return fail(`no collector writes ${journal}`, 'tickhouse collect')
  const who = `process ${holder.pid} on ${holder.host}`
  if (!holder.isHeld) return fail(`${who} is gone and left its lock of ${journal}; the next collector takes it over`, 'tickhouse collect')
  if (expected !== undefined && holder.pid !== expected)
    return warn(
      `${who} writes ${journal}, not the collector of this start (process ${expected})`,
      `kill ${holder.pid}   (if that is a second collector)`,
    )
  return ok(`${who} alone writes ${journal}`)
}

/** One collector per journal. */
export const journalLockCheck: Check = {
  name: 'journal lock',
  needs: ['journal'],
  look: async ({ journalDirectories, run }) => {
    const [only, ...others] = journalDirectories
    const collector = run?.processes.find(({ name }) => name === 'collector')?.pid
    if (others.length === 0) return [judgeJournalLock(await lockHolder(only!, diskFileSystem), collector)]
    const judgements = journalDirectories.map(async directory =>
      judgeJournalLock(await lockHolder(directory, diskFileSystem), undefined, `the journal ${directory}`),
    )
    return Promise.all(judgements)
  },
}
