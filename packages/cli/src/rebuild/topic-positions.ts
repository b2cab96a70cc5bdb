import type { Bus } from '@tickhouse/bus'
import type { DataRecord, Entity } from '@tickhouse/catalogue'
import { Positions } from './positions.ts'
import { nameOf, type RecordName } from './record-name.ts'

/** Which records of a topic to look for. */
export interface TopicQuestion {
  readonly entity: Entity
  readonly session: string
  /** Records are not older than this, ms. */
  readonly sinceMs: number
  readonly isWanted: (name: RecordName) => boolean
}

/** Longest stretch of a record in which its session and seq stand. */
const headBytes = 400

/** Reads the topic of a dataset to its end and notes where the wanted records stand. */
export async function topicPositions(
  bus: Bus,
  { entity, session, sinceMs, isWanted }: TopicQuestion,
  signal: AbortSignal,
): Promise<Positions> {
  const positions = new Positions()
  const nameIn = entity.name === 'dead_letter' ? letterIn : recordIn
  await bus.readSince(
    [entity.topic.name],
    sinceMs,
    ({ partition, offset, value }) => {
      const name = value && nameIn(entity.name, session, value)
      if (name && isWanted(name)) positions.set(name, { partition, offset })
    },
    signal,
  )
  return positions
}

function recordIn(dataset: string, session: string, value: Buffer): RecordName | undefined {
  const head = value.toString('latin1', 0, headBytes)
  const seq = Number(/"seq":(\d+)/.exec(head)?.[1])
  return /"session":"([^"\\]+)"/.exec(head)?.[1] === session && Number.isSafeInteger(seq) ? { series: dataset, seq } : undefined
}

/** A dead letter of the collector; those of the sink stand for records that are in their topics. */
function letterIn(dataset: string, session: string, value: Buffer): RecordName | undefined {
  if (recordIn(dataset, session, value) === undefined) return undefined
  const letter = JSON.parse(value.toString()) as DataRecord
  return letter['stage'] === 'collector' ? nameOf(dataset, letter) : undefined
}
