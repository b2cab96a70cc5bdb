import { ageText, type CollectorStatus, counted, sizeText } from '@tickhouse/runtime'
import type { SeenCollector } from '../observe/collectors.ts'
import type { Stage, StageCondition, StageName } from './page-state.ts'
import { type PageReading, publishingTrouble, type Readiness, troubleWith } from './reading.ts'

const manyFrames = 10_000

/** How each stage is, as far as collectors, sinks and QuestDB tell. */
export function stagesOf(reading: PageReading, freshMs: number | null): Stage[] {
  return [
    venueStage(reading),
    collectorStage(reading),
    journalStage(reading),
    stage('kafka', ...kafkaCondition(reading), ''),
    stage('sink', ...serviceCondition(reading.sink), sinkNote(reading)),
    stage('questdb', ...questdbCondition(reading), freshMs === null ? '' : `newest ${ageText(freshMs)} old`),
  ]
}

/** How one of several is, for the stage that shows them all. */
interface Part extends Pick<Stage, 'condition' | 'word' | 'note'> {
  readonly name: string
}

/** One is shown as it is; of several the worst, by name, or what all have together. */
function stageOf(name: StageName, parts: readonly Part[], together: string): Stage {
  const [first = { condition: 'unknown', word: 'not known', note: '' } as const] = parts
  if (parts.length < 2) return stage(name, first.condition, first.word, first.note)
  const worst = parts.reduce((a, b) => (badness.indexOf(b.condition) > badness.indexOf(a.condition) ? b : a))
  const alike = parts.filter(({ condition }) => condition === worst.condition)
  return stage(name, worst.condition, worst.word, worst.condition === 'good' ? together : alike.map(part => part.name).join(', '))
}

const badness: readonly StageCondition[] = ['good', 'unknown', 'poor', 'bad']

function venueStage({ snapshot: { collectors }, closed }: PageReading): Stage {
  return stageOf(
    'venue',
    partsOf(collectors, collector => venuePart(collector, closed)),
    closed ?? '',
  )
}

function venuePart({ state: session, feed: { state, stale } }: CollectorStatus, closed: string | null): Omit<Part, 'name'> {
  if (session !== 'live') return { condition: 'bad', word: session, note: 'no session' }
  const note = closed ?? (stale.length > 0 ? `${counted(stale.length, 'dataset')} silent` : '')
  if (state === 'dead') return { condition: 'bad', word: 'dead', note }
  return { condition: stale.length > 0 && closed === null ? 'poor' : 'good', word: state, note }
}

function collectorStage({ collectors }: PageReading): Stage {
  const parts = collectors.map(({ name, readiness, status }) => {
    const [condition, word] = serviceCondition(readiness)
    return { name, condition, word, note: status ? counted(status.reconnects, 'reconnect') : '' }
  })
  return stageOf('collector', parts, counted(parts.length, 'collector'))
}

function journalStage({ snapshot: { collectors, collector } }: PageReading): Stage {
  return stageOf('journal', partsOf(collectors, journalPart), collector ? sizeText(collector.journal.bytes) : '')
}

function journalPart({ journal: { problem, lagRecords, bytes } }: CollectorStatus): Omit<Part, 'name'> {
  if (problem) return { condition: 'bad', word: 'disk problem', note: problem.code }
  if (lagRecords > manyFrames) return { condition: 'poor', word: 'far ahead', note: sizeText(bytes) }
  return { condition: 'good', word: 'written', note: sizeText(bytes) }
}

/** What those tell that answer. */
function partsOf(collectors: readonly SeenCollector[], partOf: (status: CollectorStatus) => Omit<Part, 'name'>): Part[] {
  return collectors.flatMap(({ name, status }) => (status === undefined ? [] : [{ name, ...partOf(status) }]))
}

function sinkNote({ snapshot: { sink: stored, sinks }, sink }: PageReading): string {
  if (troubleWith(sink, 'questdb') !== undefined) return 'waits for QuestDB'
  if (troubleWith(sink, 'kafka') !== undefined) return 'waits for Kafka'
  if (stored === undefined) return ''
  const letters = counted(stored.deadLetters, 'dead letter')
  return sinks.length > 1 ? `${sinks.length} sinks, ${letters}` : letters
}

type ConditionAndWord = readonly [StageCondition, string]

/** How a service is. */
export function serviceCondition(readiness: Readiness): ConditionAndWord {
  if (readiness === undefined) return ['unknown', 'not known']
  if (readiness instanceof Error) return ['bad', 'no answer']
  return readiness.length === 0 ? ['good', 'ready'] : ['poor', 'not ready']
}

/** All speak with Kafka all the time. */
function kafkaCondition(reading: PageReading): ConditionAndWord {
  const { collectors, sink } = reading
  if (publishingTrouble(reading) ?? troubleWith(sink, 'kafka')) return ['bad', 'no answer']
  return [sink, ...collectors.map(({ readiness }) => readiness)].some(Array.isArray) ? ['good', 'ready'] : ['unknown', 'not known']
}

function questdbCondition({ snapshot: { tablesProblem, sink } }: PageReading): ConditionAndWord {
  if (tablesProblem !== undefined) return ['bad', 'no answer']
  return sink && sink.suspended.length > 0 ? ['bad', 'suspended'] : ['good', 'ready']
}

function stage(name: StageName, condition: StageCondition, word: string, note: string): Stage {
  return { name, condition, word, note }
}
