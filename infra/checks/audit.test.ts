import { expect, it } from 'vitest'
import { auditVerdict } from './audit-verdict.ts'

it('only holes that were found fail the audit; a registry that cannot be asked does not', () => {
  expect(auditVerdict(0, 'No known vulnerabilities found')).toBe('clean')
  expect(auditVerdict(1, '│ ws │ …\n2 vulnerabilities found\nSeverity: 1 moderate | 1 high')).toBe('holes')
  expect(auditVerdict(1, 'ERR_PNPM_AUDIT_BAD_RESPONSE The audit endpoint responded with 405')).toBe('not asked')
  expect(auditVerdict(1, 'ERR_PNPM_META_FETCH_FAIL getaddrinfo ENOTFOUND')).toBe('not asked')
  expect(auditVerdict(null, '')).toBe('not asked')
})
