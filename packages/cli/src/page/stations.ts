import type { Condition, Station, StationName } from '@tickhouse/page'
import type { CollectorStatus } from '@tickhouse/runtime'
import { size } from '../doctor/disk.ts'
import type { SeenCollector } from '../fleet/collectors.ts'
import { counted } from '../output.ts'
import { age } from '../start/view.ts'
import { publishingTrouble, type Readiness, type Reading, troubleWith } from './reading.ts'

const manyFrames = 10_000

/** How each station is, as far as collectors, sinks and QuestDB tell. */
export function stationsOf(reading: Reading, freshMs: number | null): Station[] {
  return [
    venueStation(reading),
    collectorStation(reading),
    journalStation(reading),
    station('kafka', ...kafkaCondition(reading), ''),
    station('sink', ...serviceCondition(reading.sink), sinkNote(reading)),
    station('questdb', ...questdbCondition(reading), freshMs === null ? '' : `newest ${age(freshMs)} old`),
  ]
}

/** How one of several is, for the station that shows them all. */
interface Part extends Pick<Station, 'condition' | 'word' | 'note'> {
  readonly name: string
}

/** One is shown as it is; of several the worst, by name, or what all have together. */
function stationOf(name: StationName, parts: readonly Part[], together: string): Station {
  const [first = { condition: 'unknown', word: 'not known', note: '' } as const] = parts
  if (parts.length < 2) return station(name, first.condition, first.word, first.note)
  const worst = parts.reduce((a, b) => (badness.indexOf(b.condition) > badness.indexOf(a.condition) ? b : a))
  const alike = parts.filter(({ condition }) => condition === worst.condition)
  return station(name, worst.condition, worst.word, worst.condition === 'good' ? together : alike.map(part => part.name).join(', '))
}

const badness: readonly Condition[] = ['good', 'unknown', 'poor', 'bad']

function venueStation({ snapshot: { collectors }, closed }: Reading): Station {
  return stationOf(
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

function collectorStation({ collectors }: Reading): Station {
  const parts = collectors.map(({ name, readiness, status }) => {
    const [condition, word] = serviceCondition(readiness)
    return { name, condition, word, note: status ? counted(status.reconnects, 'reconnect') : '' }
  })
  return stationOf('collector', parts, counted(parts.length, 'collector'))
}

function journalStation({ snapshot: { collectors, collector } }: Reading): Station {
  return stationOf('journal', partsOf(collectors, journalPart), collector ? size(collector.journal.bytes) : '')
}

function journalPart({ journal: { problem, lagRecords, bytes } }: CollectorStatus): Omit<Part, 'name'> {
  if (problem) return { condition: 'bad', word: 'disk problem', note: problem.code }
  if (lagRecords > manyFrames) return { condition: 'poor', word: 'far ahead', note: size(bytes) }
  return { condition: 'good', word: 'written', note: size(bytes) }
}

/** What those tell that answer. */
function partsOf(collectors: readonly SeenCollector[], partOf: (status: CollectorStatus) => Omit<Part, 'name'>): Part[] {
  return collectors.flatMap(({ name, status }) => (status === undefined ? [] : [{ name, ...partOf(status) }]))
}

function sinkNote({ snapshot: { sink: stored, sinks }, sink }: Reading): string {
  if (troubleWith(sink, 'questdb') !== undefined) return 'waits for QuestDB'
  if (troubleWith(sink, 'kafka') !== undefined) return 'waits for Kafka'
  if (stored === undefined) return ''
  const letters = counted(stored.deadLetters, 'dead letter')
  return sinks.length > 1 ? `${sinks.length} sinks, ${letters}` : letters
}

type ConditionAndWord = readonly [Condition, string]

/** How a service is. */
export function serviceCondition(readiness: Readiness): ConditionAndWord {
  if (readiness === undefined) return ['unknown', 'not known']
  if (readiness instanceof Error) return ['bad', 'no answer']
  return readiness.length === 0 ? ['good', 'ready'] : ['poor', 'not ready']
}

/** All speak with Kafka all the time. */
function kafkaCondition(reading: Reading): ConditionAndWord {
  const { collectors, sink } = reading
  if (publishingTrouble(reading) ?? troubleWith(sink, 'kafka')) return ['bad', 'no answer']
  return [sink, ...collectors.map(({ readiness }) => readiness)].some(Array.isArray) ? ['good', 'ready'] : ['unknown', 'not known']
}

function questdbCondition({ snapshot: { tablesProblem, sink } }: Reading): ConditionAndWord {
  if (tablesProblem !== undefined) return ['bad', 'no answer']
  return sink && sink.suspended.length > 0 ? ['bad', 'suspended'] : ['good', 'ready']
}

function station(name: StationName, condition: Condition, word: string, note: string): Station {
  return { name, condition, word, note }
}
