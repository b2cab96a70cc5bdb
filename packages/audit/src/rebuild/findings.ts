import type { Comparison, RowKey, SeenDifference } from './comparison.ts'
import type { RecordName } from './record-set.ts'
import { Positions } from './topic-positions.ts'

/** A row that the journal gives under another key: deduplication would not replace it. */
export interface OtherKey {
  readonly found: RowKey
  readonly expected: RowKey
}

/** How a table stands to the journal in one session and dataset; lists are cut to their first entries. */
export interface Findings {
  /** That the journal gives. */
  readonly records: number
  /** That the table holds of the session. */
  readonly rows: number
  readonly same: number
  /** Records without a row: `in_topic` of them stand in Kafka, the others would have to be published. */
  readonly missing: number
  readonly in_topic: number
  readonly different: number
  readonly other_key: number
  /** Rows that the journal does not give. */
  readonly extra: number
  /** Records without a row that the collector has not published yet: nothing is wrong with that. */
  readonly unpublished: number
  readonly missing_seqs: readonly string[]
  readonly differences: readonly SeenDifference[]
  readonly other_keys: readonly OtherKey[]
  readonly extra_rows: readonly RowKey[]
}

const shown = 10

/** A comparison, and what the topic holds of the records that have no row. */
export class Assessment {
  readonly #comparison: Comparison
  readonly #dataset: string
  /** Where the records without a row stand in their topic. */
  readonly inTopic: Positions

  constructor(dataset: string, comparison: Comparison, inTopic: Positions = new Positions()) {
    this.#dataset = dataset
    this.#comparison = comparison
    this.inTopic = inTopic
  }

  get different(): Positions {
    return this.#comparison.different
  }

  /** Whether a record is to be written: it has no row and belongs into the table by now, or its row holds something else. */
  readonly isWanted = (name: RecordName): boolean => this.#isMissing(name) || this.different.has(name)

  get findings(): Findings {
    const { records, rows, same, absent, strayRows, differences } = this.#comparison
    const missing = absent.count(name => this.#isMissing(name))
    const otherKey = absent.count(name => this.#comparison.hasOtherKey(name))
    return {
      records,
      rows,
      same,
      missing,
      in_topic: absent.count(name => this.#isMissing(name) && this.inTopic.has(name)),
      different: this.different.size,
      other_key: otherKey,
      extra: strayRows - otherKey,
      unpublished: absent.count(name => this.#isUnpublished(name)),
      missing_seqs: absent.ranges(this.#dataset, shown, name => this.#isMissing(name)),
      differences,
      other_keys: this.#otherKeys(),
      extra_rows: this.#extraRows(),
    }
  }

  #isMissing(name: RecordName): boolean {
    return this.#comparison.absent.has(name) && !this.#comparison.hasOtherKey(name) && !this.#isUnpublished(name)
  }

  #isUnpublished(name: RecordName): boolean {
    return this.#comparison.unpublished.has(name) && !this.#comparison.hasOtherKey(name) && !this.inTopic.has(name)
  }

  #otherKeys(): OtherKey[] {
    const { absentKeys, strayKeys } = this.#comparison
    const expectedFor = (found: RowKey) => absentKeys.find(({ series, seq }) => series === found.series && seq === found.seq)
    const pairs = strayKeys.map(found => ({ found, expected: expectedFor(found) }))
    return pairs.filter((pair): pair is OtherKey => pair.expected !== undefined).slice(0, shown)
  }

  #extraRows(): RowKey[] {
    return this.#comparison.strayKeys.filter(key => !this.#comparison.absent.has(key)).slice(0, shown)
  }
}

/** Whether the table is what the journal gives; of an open session, as far as it is published. */
export function isComplete({ missing, different, other_key, extra, unpublished }: Findings, isOpen: boolean): boolean {
  return missing + different + other_key + extra + (isOpen ? 0 : unpublished) === 0
}
