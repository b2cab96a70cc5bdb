import { type Produced, SessionNormalizer } from '@tickhouse/catalogue'
import type { Store } from '@tickhouse/store'
import type { RecordPiece, RecordSource } from '../journal/session-journal.ts'
import { type Letter, rawTexts } from './letters.ts'

/** Stands in for a session that the journal does not have any more: the items that its dead letters keep, normalized where they stood. */
export class LetterSource implements RecordSource {
  readonly #store: Store
  readonly #letters: readonly Letter[]
  readonly #signal: AbortSignal

  constructor(store: Store, letters: readonly Letter[], signal: AbortSignal) {
    this.#store = store
    this.#letters = letters
    this.#signal = signal
  }

  /** Sessions leave the journal only when they are published. */
  async *pieces(isWanted: (record: Produced) => boolean): AsyncGenerator<RecordPiece> {
    for await (const chunk of rawTexts(this.#store, this.#letters, this.#signal))
      yield { isPublished: true, records: chunk.flatMap(([letter, raw]) => recordsOf(letter, raw)).filter(isWanted) }
  }
}

/** What comes of a letter's item under the number and the time that the letter has. */
export function recordsOf({ session, timestamp, dataset, seq }: Letter, raw: string): Produced[] {
  const identity = { session, openedAtUs: timestamp, environment: '', collector: '' }
  const normalizer = new SessionNormalizer(identity, { opened: true, lastTimestamp: timestamp - 1, seq: { [dataset]: seq - 1 } })
  return normalizer.entry({ kind: 'frame', timeUs: timestamp, text: `{"trnm":"REAL","data":[${raw}]}` })
}
