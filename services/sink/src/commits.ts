import { type CommittedOffset, partitionKey, type Round } from '@tickhouse/bus'
import { entityOfTopic } from '@tickhouse/catalogue'
import type { LastRow } from './rows.ts'

/** What is committed beside an offset: the last row that the table holds of the partition, and the id of the topic, each if it is known. */
export function commitMetadata(last: LastRow | undefined, topicId?: string): string {
  if (last === undefined && topicId === undefined) return ''
  return JSON.stringify({ offset: last?.offset, timestamp: last?.timestamp, topic: topicId })
}

/** The last row that a commit names; undefined for a commit that is not ours, or that no row preceded. */
export function lastRowOf(metadata: string): LastRow | undefined {
  try {
    const { offset, timestamp } = JSON.parse(metadata) as Partial<LastRow>
    return Number.isSafeInteger(offset) && Number.isSafeInteger(timestamp) ? { offset: offset!, timestamp: timestamp! } : undefined
  } catch {
    return undefined
  }
}

/** The id of the topic that a commit was made for; undefined for a commit that is not ours, or of an older build. */
export function topicIdIn(metadata: string): string | undefined {
  try {
    const { topic } = JSON.parse(metadata) as { topic?: unknown }
    return typeof topic === 'string' ? topic : undefined
  } catch {
    return undefined
  }
}

/**
 * What is stored, and what of it may be committed: nothing of a table that is suspended, because QuestDB takes its rows without
 * showing them. What was held back is committed once the table is well again.
 */
export class Commits {
  readonly #stored = new Map<string, CommittedOffset>()
  readonly #lastRows = new Map<string, LastRow>()
  readonly #topicIds = new Map<string, string>()
  /** When each partition was begun, and when each round that is on its way was read, counted in beginnings. */
  readonly #begunAt = new Map<string, number>()
  readonly #readAt = new WeakMap<Pick<Round, 'partitions'>, number>()
  #beginnings = 0
  readonly #held = new Map<string, CommittedOffset>()
  readonly #suspended = new Set<string>()
  #latest: Round | undefined

  /** Takes over where reading begins, for the lag and for the metadata of the first commit. */
  begin(position: { topic: string; partition: number; offset: number }, last: LastRow | undefined, topicId?: string): void {
    const key = partitionKey(position)
    this.#begunAt.set(key, ++this.#beginnings)
    this.#stored.set(key, { ...position, metadata: '' })
    this.#held.delete(key)
    setOrDelete(this.#lastRows, key, last)
    setOrDelete(this.#topicIds, key, topicId)
  }

  /** A round was read: what was begun later is not what it is of. */
  read(round: Pick<Round, 'partitions'>): void {
    this.#readAt.set(round, this.#beginnings)
  }

  /** The offset behind the last record of a partition that is done; undefined for a partition that was never read. */
  doneIn(key: string): number | undefined {
    return this.#stored.get(key)?.offset
  }

  /** The last row of a partition that is known to be stored. */
  lastRow(key: string): LastRow | undefined {
    return this.#lastRows.get(key)
  }

  /** The id of the topic that a partition was last read of. */
  topicId(key: string): string | undefined {
    return this.#topicIds.get(key)
  }

  /** Notes a round as stored and commits it. */
  async commit(round: Round, last: ReadonlyMap<string, LastRow>): Promise<void> {
    const readAt = this.#readAt.get(round) ?? this.#beginnings
    for (const { topic, partition, nextOffset } of round.partitions) {
      const key = partitionKey({ topic, partition })
      if ((this.#begunAt.get(key) ?? 0) > readAt) continue
      const row = last.get(key)
      if (row !== undefined) this.#lastRows.set(key, row)
      const metadata = commitMetadata(this.#lastRows.get(key), this.#topicIds.get(key))
      const offset = { topic, partition, offset: nextOffset, metadata }
      this.#stored.set(key, offset)
      this.#held.set(key, offset)
    }
    this.#latest = round
    await this.#commitHeld()
  }

  /** Says which tables are suspended now. */
  async suspend(tables: ReadonlySet<string>): Promise<void> {
    const isBack = [...this.#suspended].some(table => !tables.has(table))
    this.#suspended.clear()
    for (const table of tables) this.#suspended.add(table)
    if (isBack) await this.#commitHeld()
  }

  async #commitHeld(): Promise<void> {
    const offsets = [...this.#held.values()].filter(({ topic }) => !this.#suspended.has(entityOfTopic(topic)!.table.name))
    if (offsets.length === 0 || this.#latest === undefined) return
    for (const offset of offsets) this.#held.delete(partitionKey(offset))
    await this.#latest.commit(offsets)
  }
}

function setOrDelete<T>(map: Map<string, T>, key: string, value: T | undefined): void {
  if (value === undefined) map.delete(key)
  else map.set(key, value)
}
