import { entities, entityIndex } from '@tickhouse/catalogue'

/** Records of one dataset, and the timestamps of the first and the last of them, µs. */
export interface DatasetCount {
  readonly dataset: string
  readonly count: number
  readonly firstTimestamp: number
  readonly lastTimestamp: number
}

/** Counts records per dataset, by the places of the datasets among `entities`: adding one is three numbers in lists. */
export class DatasetCounts {
  readonly #counts = new Float64Array(entities.length)
  readonly #first = new Float64Array(entities.length)
  readonly #last = new Float64Array(entities.length)

  add(entity: number, timestamp: number): void {
    if (this.#counts[entity] === 0) this.#first[entity] = timestamp
    this.#counts[entity]! += 1
    this.#last[entity] = timestamp
  }

  /** Adds what others counted, which comes after what is here. */
  addAll(others: DatasetCounts): void {
    for (const [entity, count] of others.#counts.entries()) {
      if (count === 0) continue
      if (this.#counts[entity] === 0) this.#first[entity] = others.#first[entity]!
      this.#counts[entity]! += count
      this.#last[entity] = others.#last[entity]!
    }
  }

  /** Undefined while there is none. */
  of(dataset: string): DatasetCount | undefined {
    const entity = entityIndex.get(dataset)
    if (entity === undefined || this.#counts[entity] === 0) return undefined
    return { dataset, count: this.#counts[entity]!, firstTimestamp: this.#first[entity]!, lastTimestamp: this.#last[entity]! }
  }

  /** Those of which there is any. */
  *[Symbol.iterator](): Generator<DatasetCount> {
    for (const { name } of entities) {
      const counted = this.of(name)
      if (counted !== undefined) yield counted
    }
  }
}
