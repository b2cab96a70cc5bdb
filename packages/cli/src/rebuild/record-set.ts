import { type Range, SequenceSet } from '@tickhouse/catalogue'
import type { RecordName } from './record-name.ts'

/** A set of records of one session and dataset, a bit each. */
export class RecordSet {
  readonly #series = new Map<string, SequenceSet>()

  add({ series, seq }: RecordName): void {
    const set = this.#series.get(series) ?? new SequenceSet()
    this.#series.set(series, set)
    set.add(seq)
  }

  has({ series, seq }: RecordName): boolean {
    return this.#series.get(series)?.has(seq) ?? false
  }

  /** How many of them are so. */
  count(isSo: (name: RecordName) => boolean): number {
    let count = 0
    for (const [series, set] of this.#series) for (const [from, to] of rangesOf(set, seq => isSo({ series, seq }))) count += to - from + 1
    return count
  }

  /** Those that are so as `1-5`, or with the series as `trade 1-5` where it is not the given one; at most so many. */
  ranges(ownSeries: string, limit: number, isSo: (name: RecordName) => boolean): string[] {
    const texts: string[] = []
    for (const [series, set] of this.#series)
      for (const [from, to] of rangesOf(set, seq => isSo({ series, seq }))) {
        if (texts.length === limit) return texts
        texts.push(`${series === ownSeries ? '' : `${series} `}${from === to ? from : `${from}-${to}`}`)
      }
    return texts
  }
}

function* rangesOf(set: SequenceSet, isSo: (seq: number) => boolean): Generator<Range> {
  let from: number | undefined
  for (let seq = 0; seq <= set.highest + 1; seq++) {
    const isIn = seq <= set.highest && set.has(seq) && isSo(seq)
    if (isIn) from ??= seq
    else if (from !== undefined) {
      yield [from, seq - 1]
      from = undefined
    }
  }
}
