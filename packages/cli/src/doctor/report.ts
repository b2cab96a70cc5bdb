import { pad } from '../output.ts'
import type { Finding, Verdict } from './finding.ts'

/** The findings as a person reads them: one line each, below it what mends it, and the counts at the end. */
export function report(findings: readonly Finding[]): string[] {
  const width = Math.max(...findings.map(({ check }) => check.length))
  const lines = findings.flatMap(({ check, verdict, found, mend }) => [
    `${pad(verdict, 7, false)}  ${pad(check, width, false)}  ${found}`,
    ...(mend === null ? [] : [`${' '.repeat(width + 9)}  → ${mend}`]),
  ])
  return [...lines, '', counts(findings)]
}

function counts(findings: readonly Finding[]): string {
  const verdicts: readonly Verdict[] = ['ok', 'warn', 'fail', 'skipped']
  return verdicts.map(verdict => `${findings.filter(finding => finding.verdict === verdict).length} ${verdict}`).join(', ')
}
