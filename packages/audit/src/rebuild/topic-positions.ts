import type { Bus } from '@tickhouse/bus'
import type { DataRecord, Entity } from '@tickhouse/catalogue'
import { nameOf, type RecordName } from './record-set.ts'

/** Where a record stands in its topic. */
export interface TopicPosition {
  readonly partition: number
  readonly offset: number
}

/** Places for consecutive numbers. */
interface Chunk {
  readonly partitions: Int32Array
  readonly offsets: Float64Array
}

const chunkSize = 4096

/** Positions of records in twelve bytes each, kept in chunks: a caller may ask for ten records of a day, or for all of them. */
export class Positions {
  readonly #series = new Map<string, Map<number, Chunk>>()
  #size = 0

  get size(): number {
    return this.#size
  }

  set({ series, seq }: RecordName, { partition, offset }: TopicPosition): void {
    const { partitions, offsets } = this.#chunkFor(series, Math.floor(seq / chunkSize))
    const at = seq % chunkSize
    if (partitions[at] === -1) this.#size++
    partitions[at] = partition
    offsets[at] = offset
  }

  get({ series, seq }: RecordName): TopicPosition | undefined {
    const chunk = this.#series.get(series)?.get(Math.floor(seq / chunkSize))
    const partition = chunk?.partitions[seq % chunkSize] ?? -1
    return partition === -1 ? undefined : { partition, offset: chunk!.offsets[seq % chunkSize]! }
  }

  has(name: RecordName): boolean {
    return this.get(name) !== undefined
  }

  #chunkFor(series: string, number: number): Chunk {
    const chunks = this.#series.get(series) ?? new Map<number, Chunk>()
    this.#series.set(series, chunks)
    const chunk = chunks.get(number) ?? { partitions: new Int32Array(chunkSize).fill(-1), offsets: new Float64Array(chunkSize) }
    chunks.set(number, chunk)
    return chunk
  }
}

/** Which records of a topic to look for. */
export interface PositionQuestion {
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
  { entity, session, sinceMs, isWanted }: PositionQuestion,
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
