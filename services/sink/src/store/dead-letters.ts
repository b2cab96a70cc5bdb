import type { KafkaRecord, Message, TopicPartition } from '@tickhouse/bus'
import { cut, type DataRecord, type Entity } from '@tickhouse/catalogue'

/** Why a record has no row. */
export type DeadLetterReason = 'not_json' | 'wrong_shape' | 'bad_value' | 'refused_by_store'

/** A record that has no row, where it stood, and why. */
export interface DeadLetter {
  readonly entity: Entity
  readonly position: TopicPartition
  readonly source: KafkaRecord
  readonly reason: DeadLetterReason
  readonly detail: string
}

const maxRawLength = 64 * 1024
const maxDetailLength = 1_000
const maxHeadLength = 2_000
/** Texts and numbers up to `seq`; nothing that is nested. */
const headPattern = /^\s*\{(?:\s*"\w+"\s*:\s*(?:"(?:[^"\\]|\\.)*"|[\w.+-]+)\s*,)*?\s*"seq"\s*:\s*\d+(?=\s*[,}])/

/**
 * The message for the dead-letter topic. It follows from the record and its position alone, so a replay gives the same bytes and
 * the table keeps one row. A record of which session and seq can be read keeps them, whatever else is wrong: the dead letter stands for it in `verify`.
 */
export function deadLetterMessage(deadLetterTopic: string, letter: DeadLetter): Message {
  const { entity, position, source, reason, detail } = letter
  const raw = source.value?.toString() ?? ''
  const record = {
    ...headerOf(raw, letter),
    stage: 'sink',
    dataset: entity.name,
    type: entity.venue?.type,
    reason,
    detail: storable(detail, maxDetailLength),
    raw: storable(raw, maxRawLength),
    topic: position.topic,
    topic_partition: position.partition,
    topic_offset: source.offset,
  }
  return { topic: deadLetterTopic, key: record.symbol, value: JSON.stringify(record), timestampMs: source.timestampMs }
}

/** True for a dead letter of this stage that could not be stored in its turn: it would come back for ever. */
export function isOwnDeadLetter({ entity, source }: DeadLetter): boolean {
  return entity.name === 'dead_letter' && parsed(source.value?.toString() ?? '')?.['stage'] === 'sink'
}

type Header = Pick<DataRecord, 'timestamp' | 'symbol' | 'venue' | 'session' | 'seq'>

/** What of the record's own header can be read; where session and seq cannot, its position in Kafka stands for them. */
function headerOf(raw: string, { position, source }: DeadLetter): Header {
  const { timestamp, symbol, venue, session, seq } = parsed(raw) ?? beginningOf(raw) ?? {}
  const place = { session: `${position.topic}/${position.partition}`, seq: source.offset }
  return {
    timestamp: isTime(timestamp) ? timestamp : source.timestampMs * 1_000,
    symbol: isWord(symbol) ? symbol : '*',
    venue: isWord(venue) ? venue : '*',
    ...(isWord(session) && isCount(seq) ? { session, seq } : place),
  }
}

/** The members up to `seq`, which records begin with, of a text that is no JSON further on; undefined where it does not begin so. */
function beginningOf(raw: string): Record<string, unknown> | undefined {
  const [beginning] = headPattern.exec(raw.slice(0, maxHeadLength)) ?? []
  return beginning === undefined ? undefined : parsed(`${beginning}}`)
}

function parsed(raw: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(raw)
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined
  } catch {
    return undefined
  }
}

function isTime(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) > 0
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0
}

function isWord(value: unknown): value is string {
  return typeof value === 'string' && value !== '' && value.length <= 200 && value.isWellFormed() && !value.includes('\0')
}

/** Cut between characters: half a surrogate pair could not be stored. */
function storable(text: string, length: number): string {
  return cut(text, length).toWellFormed()
}
