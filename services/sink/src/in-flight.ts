import { partitionKey, type Round } from '@tickhouse/bus'

/** The first record of a partition in a round. */
export interface OldestRecord {
  /** Kafka's time of it, ms since the epoch. */
  readonly capturedMs: number
  /** When the round was read, ms by the monotonic clock. */
  readonly readAtMs: number
}

/** The rounds that are read and not stored yet, oldest first: of each, the first record of every partition. */
export class InFlight {
  readonly #rounds: ReadonlyMap<string, OldestRecord>[] = []

  /** A round was read. */
  read({ partitions }: Pick<Round, 'partitions'>, readAtMs = performance.now()): void {
    this.#rounds.push(new Map(partitions.map(part => [partitionKey(part), { capturedMs: part.records[0]!.timestampMs, readAtMs }])))
  }

  /** The oldest of them is stored. */
  stored(): void {
    this.#rounds.shift()
  }

  /** The oldest record of a partition; undefined when none is on its way. */
  oldest(key: string): OldestRecord | undefined {
    return this.#rounds.find(round => round.has(key))?.get(key)
  }
}
