import { size } from '../doctor/disk.ts'
import { counted, table } from '../output.ts'
import { age, datasetLines, totals } from '../start/view.ts'
import type { ProcessState, TopState } from './state.ts'
import { troublesOf } from './troubles.ts'

const processColumns = ['process', 'pid', 'health', 'CPU', 'memory']
const datasetColumns = ['dataset', 'type', 'records/s', 'Kafka lag', 'behind', 'newest row', 'rows in QuestDB']

/** What a person sees of a moment, in at most so many lines where that is possible: the datasets with the fewest rows are left out first. */
export function topView(state: TopState, maxLines = Number.POSITIVE_INFINITY): string[] {
  const above = [...table(state.processes.map(processCells), processColumns).split('\n'), '']
  const below = ['', ...totals(state.snapshot), journalLine(state), '', ...troubleLines(state)]
  const room = maxLines - above.length - below.length - 3
  return [...above, ...datasetLines(state.snapshot, datasetColumns, Math.max(1, room)), ...below]
}

function processCells({ process, pid, health, cpu, memoryBytes }: ProcessState) {
  return {
    process,
    pid,
    health,
    CPU: cpu === undefined ? '' : `${Math.round(cpu * 100)}%`,
    memory: memoryBytes === undefined ? '' : size(memoryBytes),
  }
}

function journalLine({ snapshot: { collector }, today, runningMs }: TopState): string {
  const journal = collector
    ? `journal: ${size(collector.journal.bytes)}, ${size(collector.journal.lagBytes)} ahead of Kafka`
    : 'journal: the collector does not answer'
  const lost = today
    ? `today: ${counted(today.gaps, 'gap')}, ${counted(today.deadLetters, 'dead letter')}`
    : 'today: QuestDB does not answer'
  return `${journal}; ${lost}; running for ${age(runningMs)}`
}

function troubleLines(state: TopState): string[] {
  const troubles = troublesOf(state)
  if (troubles.length === 0) return ['nothing is wrong']
  return troubles.flatMap(({ problem, remedy }) => [`! ${problem}`, `  → ${remedy}`])
}
