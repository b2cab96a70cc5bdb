import { partitionKey, type Round } from '@tickhouse/bus'

/** The rounds that are read and not stored yet, oldest first: of each, when the first record of every partition was captured. */
export class InFlight {
  readonly #rounds: ReadonlyMap<string, number>[] = []

  /** A round was read. */
  read({ partitions }: Pick<Round, 'partitions'>): void {
    this.#rounds.push(new Map(partitions.map(part => [partitionKey(part), part.records[0]!.timestampMs])))
  }

  /** The oldest of them is stored. */
  stored(): void {
    this.#rounds.shift()
  }

  /** Capture time of the oldest record of a partition, ms; undefined when none is on its way. */
  oldestMs(key: string): number | undefined {
    return this.#rounds.find(round => round.has(key))?.get(key)
  }
}
