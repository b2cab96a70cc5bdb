export type { Finding } from './check.ts'
export { clashesOf, collectorFiles } from './collector-files.ts'
export { examine, report } from './doctor.ts'
