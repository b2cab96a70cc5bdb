import { entities } from '@tickhouse/catalogue'
import { grouped, table } from '../output.ts'
import type { VerifyReport } from '../verify/verify.ts'

/** The counts of a report per dataset, over all its sessions. */
export function summary({ findings }: VerifyReport): string {
  const datasets = entities.map(({ name }) => name).filter(name => findings.some(({ dataset }) => dataset === name))
  const rows = datasets.map(dataset => {
    const own = findings.filter(finding => finding.dataset === dataset)
    const sum = (value: 'journal' | 'topic' | 'table' | 'dead_letters') =>
      grouped(own.reduce((total, finding) => total + finding[value], 0))
    const worst = (['unknown', 'incomplete'] as const).find(word => own.some(({ verdict }) => verdict === word))
    return {
      dataset,
      journal: sum('journal'),
      topic: sum('topic'),
      table: sum('table'),
      'dead letters': sum('dead_letters'),
      verdict: worst ?? 'complete',
    }
  })
  return table(rows, ['dataset', 'journal', 'topic', 'table', 'dead letters', 'verdict'])
}
