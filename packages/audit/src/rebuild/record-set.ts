import { type DataRecord, type Range, SequenceSet } from '@tickhouse/catalogue'

/** What names a record within the topic and the table of its dataset and session: a number, and whose numbering it belongs to. */
export interface RecordName {
  readonly series: string
  readonly seq: number
}

/** The name of a record or a row; dead letters are numbered among the records that they stand for, as far as their dataset is known. */
export function nameOf(dataset: string, record: Pick<DataRecord, 'seq'> & { readonly [column: string]: unknown }): RecordName {
  const { dataset: concerned, seq } = record
  const isForeign = dataset === 'dead_letter' && typeof concerned === 'string' && concerned !== '*'
  return { series: isForeign ? concerned : dataset, seq }
}

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

  /** The number of records that satisfy `isSo`. */
  count(isSo: (name: RecordName) => boolean): number {
    let count = 0
    for (const [series, set] of this.#series) for (const [from, to] of rangesOf(set, seq => isSo({ series, seq }))) count += to - from + 1
    return count
  }

  /** The ranges of records that satisfy `isSo`: `1-5`, or `trade 1-5` for another series than `ownSeries`. At most `limit` of them. */
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
