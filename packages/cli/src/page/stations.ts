import type { Condition, Station, StationName } from '@tickhouse/page'
import { size } from '../doctor/disk.ts'
import { counted } from '../output.ts'
import { age } from '../start/view.ts'
import { type Readiness, type Reading, troubleWith } from './reading.ts'

const manyFrames = 10_000

/** How each station is, as far as collector, sink and QuestDB tell. */
export function stationsOf(reading: Reading, freshMs: number | null): Station[] {
  const { snapshot, collector, sink } = reading
  const { collector: captured } = snapshot
  return [
    venueStation(reading),
    station('collector', ...serviceCondition(collector), captured ? counted(captured.reconnects, 'reconnect') : ''),
    journalStation(reading),
    station('kafka', ...kafkaCondition(collector, sink), ''),
    station('sink', ...serviceCondition(sink), sinkNote(reading)),
    station('questdb', ...questdbCondition(reading), freshMs === null ? '' : `newest ${age(freshMs)} old`),
  ]
}

function venueStation({ snapshot: { collector }, closed }: Reading): Station {
  if (collector === undefined) return station('venue', 'unknown', 'not known', '')
  if (collector.state !== 'live') return station('venue', 'bad', collector.state, 'no session')
  const { state, stale } = collector.feed
  const note = closed ?? (stale.length > 0 ? `${counted(stale.length, 'dataset')} silent` : '')
  if (state === 'dead') return station('venue', 'bad', 'dead', note)
  return station('venue', stale.length > 0 && closed === null ? 'poor' : 'good', state, note)
}

function journalStation({ snapshot: { collector } }: Reading): Station {
  if (collector === undefined) return station('journal', 'unknown', 'not known', '')
  const { problem, lagRecords, bytes } = collector.journal
  if (problem) return station('journal', 'bad', 'disk problem', problem.code)
  return lagRecords > manyFrames ? station('journal', 'poor', 'far ahead', size(bytes)) : station('journal', 'good', 'written', size(bytes))
}

function sinkNote({ snapshot: { sink: stored, sinks }, sink }: Reading): string {
  if (troubleWith(sink, 'questdb') !== undefined) return 'waits for QuestDB'
  if (troubleWith(sink, 'kafka') !== undefined) return 'waits for Kafka'
  if (stored === undefined) return ''
  const letters = counted(stored.deadLetters, 'dead letter')
  return sinks.length > 1 ? `${sinks.length} sinks, ${letters}` : letters
}

type ConditionAndWord = readonly [Condition, string]

function serviceCondition(readiness: Readiness): ConditionAndWord {
  if (readiness === undefined) return ['unknown', 'not known']
  if (readiness instanceof Error) return ['bad', 'no answer']
  return readiness.length === 0 ? ['good', 'ready'] : ['poor', 'not ready']
}

/** Both speak with Kafka all the time. */
function kafkaCondition(collector: Readiness, sink: Readiness): ConditionAndWord {
  if (troubleWith(collector, 'publishing') ?? troubleWith(sink, 'kafka')) return ['bad', 'no answer']
  return Array.isArray(collector) || Array.isArray(sink) ? ['good', 'ready'] : ['unknown', 'not known']
}

function questdbCondition({ snapshot: { tablesProblem, sink } }: Reading): ConditionAndWord {
  if (tablesProblem !== undefined) return ['bad', 'no answer']
  return sink && sink.suspended.length > 0 ? ['bad', 'suspended'] : ['good', 'ready']
}

function station(name: StationName, condition: Condition, word: string, note: string): Station {
  return { name, condition, word, note }
}
