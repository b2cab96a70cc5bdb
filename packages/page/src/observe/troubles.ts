import { ageText, counted, grouped } from '@tickhouse/runtime'
import type { DatasetState, Snapshot } from './observer.ts'
import type { Today } from './today.ts'
import type { TopState } from './top-state.ts'

/** Something that is wrong, in words, and what to do. */
export interface Trouble {
  readonly problem: string
  readonly remedy: string
}

const behindMs = 30_000
const manyFrames = 10_000
const maxNamed = 3
const maxItems = 10

/** A verb with its words, as it is to be typed where this runs. */
export type Command = (words: string) => string

/** Everything that is wrong; the worst first. */
export function troublesOf(state: TopState): Trouble[] {
  const command: Command = words => `tickhouse ${words}${state.start ? ` --data ${state.start.data}` : ''}`
  return [
    ...processTroubles(state, command),
    ...suspendedTables(state.snapshot),
    ...silences(state.snapshot, command),
    ...delays(state.snapshot, command),
    ...losses(state.today, command),
  ]
}

function processTroubles({ processes, start }: TopState, command: Command): Trouble[] {
  const ill = processes.filter(({ health }) => health !== 'ready')
  const again = 'the start runs it again within seconds; if not, see what it says'
  const isAlone = start !== undefined && !start.isSupervised
  return [
    ...(isAlone ? [{ problem: 'the start itself is gone, and with it all that it ran', remedy: command('start') }] : []),
    ...ill.map(({ process, health }) => ({
      problem: `${process}: ${health}`,
      remedy: health === 'gone' && start?.isSupervised ? again : command('doctor'),
    })),
  ]
}

/** Tables whose rows nobody sees. */
export function suspendedTables({ sink }: Snapshot): Trouble[] {
  return (sink?.suspended ?? []).map(table => ({
    problem: `QuestDB takes rows of ${table} without showing them`,
    remedy: `ALTER TABLE ${table} RESUME WAL;   (once the cause is gone)`,
  }))
}

/** Registered items that are silent. */
export function silences({ collector }: Snapshot, command: Command): Trouble[] {
  const items = (collector?.silentItems ?? []).map(({ item }) => item)
  if (items.length === 0) return []
  const named = items.length > maxItems ? `${items.slice(0, maxItems).join(', ')} and ${items.length - maxItems} more` : items.join(', ')
  const problem = `nothing comes of ${named} while others of their kind flow: do these items exist?`
  return [{ problem, remedy: command('gaps --from today --reason item_silent') }]
}

/** What takes long, on the way to Kafka or to QuestDB. */
export function delays({ datasets, collector }: Snapshot, command: Command): Trouble[] {
  const frames = collector?.journal.lagRecords ?? 0
  const journal = { problem: `the journal is ${counted(frames, 'frame')} ahead of Kafka`, remedy: command('doctor') }
  const late = datasets.filter(dataset => (dataset.behindMs ?? 0) > behindMs)
  const problems = late.length > maxNamed ? [lateTogether(late)] : late.map(dataset => lateTogether([dataset]))
  return [...(frames > manyFrames ? [journal] : []), ...problems.map(problem => ({ problem, remedy: command('doctor') }))]
}

/** Many that are late have one cause. */
function lateTogether(late: readonly DatasetState[]): string {
  const lags = late.map(({ lag }) => lag)
  const records = lags.includes(null) ? 'an unknown number of' : grouped(lags.reduce<number>((sum, lag) => sum + lag!, 0))
  const longest = ageText(Math.max(...late.map(({ behindMs: ms }) => ms ?? 0)))
  if (late.length === 1) return `${late[0]!.dataset} is ${longest} and ${records} records behind`
  return `${late.length} datasets are up to ${longest} and together ${records} records behind`
}

/** What is missing of today. */
export function losses(today: Today | undefined, command: Command): Trouble[] {
  const { gaps = 0, deadLetters = 0 } = today ?? {}
  return [
    ...(gaps > 0 ? [{ problem: `${counted(gaps, 'gap')} today`, remedy: command('gaps --from today') }] : []),
    ...(deadLetters > 0 ? [{ problem: `${counted(deadLetters, 'dead letter')} today`, remedy: command('dead-letters list') }] : []),
  ]
}
