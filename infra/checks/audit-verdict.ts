/** What an audit came to. */
export type AuditVerdict = 'clean' | 'holes' | 'not asked'

/** pnpm ends with 1 for holes as well as for a registry that does not answer or has no such service; only the first comes with a count. */
export function auditVerdict(code: number | null, output: string): AuditVerdict {
  if (code === 0) return 'clean'
  return code !== null && /\d+ vulnerabilit(y|ies) found/i.test(output) ? 'holes' : 'not asked'
}
