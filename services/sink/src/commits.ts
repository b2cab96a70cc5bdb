import { type CommittedOffset, partitionKey, type Round } from '@tickhouse/bus'
import { entityOfTopic } from '@tickhouse/catalogue'
import type { LastRow } from './rows.ts'

/** What is committed beside an offset: the last row that the table holds of the partition. */
export function commitMetadata({ offset, timestamp }: LastRow): string {
  return JSON.stringify({ offset, timestamp })
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

/**
 * What is stored, and what of it may be committed: nothing of a table that is suspended, because QuestDB takes its rows without
 * showing them. What was held back is committed once the table is well again.
 */
export class Commits {
  readonly #stored = new Map<string, CommittedOffset>()
  readonly #lastRows = new Map<string, LastRow>()
  readonly #held = new Map<string, CommittedOffset>()
  readonly #suspended = new Set<string>()
  #latest: Round | undefined

  /** Takes over where reading begins, for the lag and for the metadata of the first commit. */
  begin(position: { topic: string; partition: number; offset: number }, last: LastRow | undefined): void {
    const key = partitionKey(position)
    this.#stored.set(key, { ...position, metadata: '' })
    this.#held.delete(key)
    if (last === undefined) this.#lastRows.delete(key)
    else this.#lastRows.set(key, last)
  }

  /** The offset behind the last record of a partition that is done; undefined for a partition that was never read. */
  doneIn(key: string): number | undefined {
    return this.#stored.get(key)?.offset
  }

  /** The last row of a partition that is known to be stored. */
  lastRow(key: string): LastRow | undefined {
    return this.#lastRows.get(key)
  }

  /** Notes a round as stored and commits it. */
  async commit(round: Round, last: ReadonlyMap<string, LastRow>): Promise<void> {
    for (const [key, row] of last) this.#lastRows.set(key, row)
    for (const { topic, partition, nextOffset } of round.partitions) {
      const key = partitionKey({ topic, partition })
      const row = this.#lastRows.get(key)
      const offset = { topic, partition, offset: nextOffset, metadata: row === undefined ? '' : commitMetadata(row) }
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
