import type { Bus, Message } from '@tickhouse/bus'
import { type Entity, entityOf, type Produced } from '@tickhouse/catalogue'
import { encoderFor, type Store } from '@tickhouse/store'
import type { RecordSource } from '../journal/session-records.ts'
import type { RecordName } from './record-set.ts'
import { RowWriter, rowRefusalOf } from './row-writer.ts'
import { type Positions, type TopicPosition, topicPositions } from './topic-positions.ts'

/** What is to be made good in one session and dataset. */
export interface MendTask {
  readonly entity: Entity
  readonly session: string
  /** No record of the session is older, ms. */
  readonly sinceMs: number
  readonly source: RecordSource
  readonly isWanted: (name: RecordName) => boolean
  /** Where the wanted records stand in their topic, just looked up; those that are not among them stand nowhere. */
  readonly inTopic: Positions
  /** Rows that are there and hold something else keep their places. */
  readonly kept?: Positions
  readonly onRefused: (name: RecordName, reason: string) => void
}

/** What mending works with. */
export interface MendDeps {
  readonly bus: Bus
  readonly store: Store
  readonly signal: AbortSignal
}

/** What was done. */
export interface Mended {
  readonly published: number
  readonly written: number
}

/**
 * Publishes what stands in no topic, and writes every wanted record to its table with its place in Kafka, as the sink would. What lies behind the
 * checkpoint of the journal is left to the collector: publishing it here as well would double it. Ended half-way it is simply done again.
 */
export async function mend(task: MendTask, deps: MendDeps): Promise<Mended> {
  const published = await publishMissing(task, deps)
  const { isWanted } = task
  const inTopic = published === 0 ? task.inTopic : await topicPositions(deps.bus, { ...task, isWanted }, deps.signal)
  const written = await writeRows(task, name => task.kept?.get(name) ?? inTopic.get(name), deps)
  return { published, written }
}

async function publishMissing(
  { source, entity, isWanted, inTopic, kept, onRefused }: MendTask,
  { bus, signal }: MendDeps,
): Promise<number> {
  const encoder = encoderFor(entity.table)
  const publisher = bus.publisher()
  let published = 0
  try {
    const stands = (name: RecordName) => inTopic.has(name) || (kept?.has(name) ?? false)
    for await (const { records, isPublished } of source.pieces(
      record => isRecordOf(entity, record) && isWanted(record) && !stands(record),
    )) {
      if (!isPublished) continue
      const storable = records.filter(record => {
        const refusal = rowRefusalOf(encoder, JSON.parse(record.json))
        if (refusal !== undefined) onRefused(record, refusal)
        return refusal === undefined
      })
      await publisher.publish(storable.map(recordMessage), signal)
      published += storable.length
    }
  } finally {
    await publisher.close()
  }
  return published
}

async function writeRows(
  { source, entity, isWanted, onRefused }: MendTask,
  positionOf: (name: RecordName) => TopicPosition | undefined,
  { store, signal }: MendDeps,
): Promise<number> {
  const writer = new RowWriter<RecordName>(store, entity, onRefused, signal)
  for await (const { records } of source.pieces(record => isRecordOf(entity, record) && isWanted(record)))
    for (const record of records) {
      const position = positionOf(record)
      if (position !== undefined) await writer.add(record, JSON.parse(record.json), position)
    }
  await writer.finish()
  return writer.stored
}

function isRecordOf(entity: Entity, { dataset }: Produced): boolean {
  return dataset === entity.name
}

/** A record as it stands in its topic. */
export function recordMessage({ dataset, symbol, timestamp, json }: Produced): Message {
  return { topic: entityOf(dataset).topic.name, key: symbol, value: json, timestampMs: Math.floor(timestamp / 1000) }
}
