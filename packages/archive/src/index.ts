export { type ArchivedDataset, type ArchivedFile, type Manifest, manifestOf } from './manifest.ts'
export { type RestoredDataset, type RestoreOptions, restoreDate } from './restore-date.ts'
export { type ArchiveFinding, verifyArchive } from './verify-archive.ts'
export { type ArchiveOptions, type ArchiveReport, archiveDate } from './write/archive-date.ts'
