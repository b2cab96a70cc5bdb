import { ageText, counted, delay, isAbort, plural, sizeText, textTable } from '@tickhouse/runtime'
import type { Looker, ProcessState, TopState } from '../observe/top-state.ts'
import { troublesOf } from '../observe/troubles.ts'
import type { Screen } from './screen.ts'
import { datasetLines, totals } from './view.ts'

const everyMs = 1000

/** Shows the state of everything once a second, until the signal aborts. */
export async function showLive(looker: Looker, screen: Screen, stop: AbortSignal): Promise<void> {
  while (!stop.aborted) {
    screen.show(topView(await looker.look(), screen.rows - 1))
    await pause(stop)
  }
  screen.leave()
}

/** The state of everything, from two looks a second apart: rates need both. */
export async function lookOnce(looker: Looker, stop: AbortSignal): Promise<string[]> {
  await looker.look()
  await pause(stop)
  return topView(await looker.look())
}

async function pause(stop: AbortSignal): Promise<void> {
  await delay(everyMs, stop).catch(error => {
    if (!isAbort(error)) throw error
  })
}

const ownColumns = ['process', 'pid', 'health', 'CPU', 'memory']
const namedColumns = ['process', 'address', 'health']
const datasetColumns = ['dataset', 'type', 'records/s', 'Kafka lag', 'behind', 'newest row', 'rows in QuestDB']

/** What a person sees of a moment, in at most so many lines where that is possible: the datasets with the fewest rows are left out first. */
export function topView(state: TopState, maxLines = Number.POSITIVE_INFINITY): string[] {
  const above = [...textTable(state.processes.map(processCells), state.start ? ownColumns : namedColumns).split('\n'), '']
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
    memory: memoryBytes === undefined ? '' : sizeText(memoryBytes),
  }
}

function journalLine({ snapshot: { collectors, collector }, today, start }: TopState): string {
  const journal = collector
    ? `${plural(Math.max(1, collectors.length), 'journal')}: ${sizeText(collector.journal.bytes)}, ${sizeText(collector.journal.lagBytes)} ahead of Kafka`
    : `journal: ${collectors.length > 1 ? 'no' : 'the'} collector ${collectors.length > 1 ? 'answers' : 'does not answer'}`
  const lost = today
    ? `today: ${counted(today.gaps, 'gap')}, ${counted(today.deadLetters, 'dead letter')}`
    : 'today: QuestDB does not answer'
  return [journal, lost, ...(start ? [`running for ${ageText(start.runningMs)}`] : [])].join('; ')
}

function troubleLines(state: TopState): string[] {
  const troubles = troublesOf(state)
  if (troubles.length === 0) return ['nothing is wrong']
  return troubles.flatMap(({ problem, remedy }) => [`! ${problem}`, `  → ${remedy}`])
}
