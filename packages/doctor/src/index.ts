export type { Finding } from './check.ts'
export { clashesOf, collectorFiles } from './clashes.ts'
export { examine, report } from './doctor.ts'
