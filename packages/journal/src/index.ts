export { JournalError } from './disk/errors.ts'
export { diskFileSystem, type FileSystem, type JournalFile } from './disk/file-system.ts'
export { type Lock, type LockHolder, lockHolder, takeLock } from './disk/lock.ts'
export type { Damage, EntryBatch } from './format/batch.ts'
export { type Entry, type EntryKind, maxContentBytes } from './format/entry.ts'
export {
  closeContent,
  type GapEntry,
  gapContent,
  type Missing,
  type PendingGaps,
  type Refused,
  sessionHeader,
} from './format/own-entries.ts'
export { beginning, comparePositions, type Position } from './format/position.ts'
export { isSegmentName } from './format/segment-files.ts'
export type { SessionHeader } from './format/segment-start.ts'
export { sessionIdAfter } from './format/session-id.ts'
export { Journal, type JournalStats } from './journal.ts'
export { Checkpoint, type CheckpointOptions, checkpointPath, publishedTo } from './maintain/checkpoint.ts'
export type { Compressed } from './maintain/compression.ts'
export type { LastEntry, Recovered } from './maintain/recovery.ts'
export type { Retention } from './maintain/retention.ts'
export { type JournalOptions, openJournal } from './open-journal.ts'
export { JournalFollower } from './read/follower.ts'
export type { JournalSource, ReadRange } from './read/growing.ts'
export type { Standing } from './read/mark.ts'
export { readJournal, segmentBeginnings } from './read/segment-reader.ts'
export type { Loss } from './write/losses.ts'
export { maxHeldBytes } from './write/tail.ts'
export type { JournalProblem } from './write/write-loop.ts'
