import { size } from '../doctor/disk.ts'
import { counted, plural, table } from '../output.ts'
import { age, datasetLines, totals } from '../start/view.ts'
import type { ProcessState, TopState } from './state.ts'
import { troublesOf } from './troubles.ts'

const ownColumns = ['process', 'pid', 'health', 'CPU', 'memory']
const namedColumns = ['process', 'address', 'health']
const datasetColumns = ['dataset', 'type', 'records/s', 'Kafka lag', 'behind', 'newest row', 'rows in QuestDB']

/** What a person sees of a moment, in at most so many lines where that is possible: the datasets with the fewest rows are left out first. */
export function topView(state: TopState, maxLines = Number.POSITIVE_INFINITY): string[] {
  const above = [...table(state.processes.map(processCells), state.start ? ownColumns : namedColumns).split('\n'), '']
  const below = ['', ...totals(state.snapshot), journalLine(state), '', ...troubleLines(state)]
  const room = maxLines - above.length - below.length - 3
  return [...above, ...datasetLines(state.snapshot, datasetColumns, Math.max(1, room)), ...below]
}

function processCells({ process, pid, address, health, cpu, memoryBytes }: ProcessState) {
  return {
    process,
    pid,
    address,
    health,
    CPU: cpu === undefined ? '' : `${Math.round(cpu * 100)}%`,
    memory: memoryBytes === undefined ? '' : size(memoryBytes),
  }
}

function journalLine({ snapshot: { collectors, collector }, today, start }: TopState): string {
  const journal = collector
    ? `${plural(Math.max(1, collectors.length), 'journal')}: ${size(collector.journal.bytes)}, ${size(collector.journal.lagBytes)} ahead of Kafka`
    : `journal: ${collectors.length > 1 ? 'no' : 'the'} collector ${collectors.length > 1 ? 'answers' : 'does not answer'}`
  const lost = today
    ? `today: ${counted(today.gaps, 'gap')}, ${counted(today.deadLetters, 'dead letter')}`
    : 'today: QuestDB does not answer'
  return [journal, lost, ...(start ? [`running for ${age(start.runningMs)}`] : [])].join('; ')
}

function troubleLines(state: TopState): string[] {
  const troubles = troublesOf(state)
  if (troubles.length === 0) return ['nothing is wrong']
  return troubles.flatMap(({ problem, remedy }) => [`! ${problem}`, `  → ${remedy}`])
}
