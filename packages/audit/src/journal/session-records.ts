import { admitted, type Produced, publishedAs, SessionNormalizer } from '@tickhouse/catalogue'
import { comparePositions, type EntryBatch, type Position, readJournal } from '@tickhouse/journal'
import type { JournalSession } from './sessions.ts'

/** What came of a piece of the journal, in the order of its time. */
export interface RecordPiece {
  readonly records: readonly Produced[]
  /** False behind the publisher's checkpoint: these are still the collector's to publish. */
  readonly isPublished: boolean
}

/** Where records can be had from, again and again the same. */
export interface RecordSource {
  /** Those that are wanted, dead letters among them. */
  pieces(isWanted: (record: Produced) => boolean): AsyncIterable<RecordPiece>
}

/**
 * One session of a journal, normalized again with today's catalogue as often as asked, and as its collector publishes it; one piece of it is in memory at a time. What was in the files the first
 * time counts, also when the session grows meanwhile.
 */
export class SessionJournal implements RecordSource {
  readonly #directory: string
  readonly #session: JournalSession
  readonly #publishedTo: Position | undefined
  readonly #signal: AbortSignal | undefined
  #end: Position | undefined
  #isOpen: boolean

  /** `signal` ends reading between two pieces. */
  constructor(directory: string, session: JournalSession, publishedTo: Position | undefined, signal?: AbortSignal) {
    this.#signal = signal
    this.#directory = directory
    this.#session = session
    this.#publishedTo = publishedTo
    this.#end = session.to
    this.#isOpen = session.to === undefined
  }

  /** Whether the session may still grow; known once it was read. */
  get isOpen(): boolean {
    return this.#isOpen
  }

  async *pieces(isWanted: (record: Produced) => boolean): AsyncGenerator<RecordPiece> {
    const normalizer = new SessionNormalizer(this.#session.header)
    const { from } = this.#session
    const border = this.#border()
    let end = from
    for (const [range, isPublished] of [
      [{ from, to: border }, true],
      [{ from: border, ...(this.#end && { to: this.#end }) }, false],
    ] as const)
      for await (const batch of readJournal(this.#directory, range)) {
        this.#signal?.throwIfAborted()
        if (batch.header.session === '') continue
        if (batch.header.session !== this.#session.header.session) break
        end = batch.end
        yield { isPublished, records: this.#records(normalizer, batch).filter(isWanted) }
      }
    this.#end ??= end
  }

  #records(normalizer: SessionNormalizer, { entries, start }: EntryBatch): Produced[] {
    const records = normalizer.open()
    for (const entry of entries) {
      records.push(...normalizer.entry(admitted(entry, start.segment)))
      if (entry.kind === 'close') this.#isOpen = false
    }
    return records.map(record => publishedAs(record, this.#session.header.session))
  }

  /** Up to where this session is published for certain. */
  #border(): Position {
    const { from } = this.#session
    const published = this.#publishedTo ?? from
    if (comparePositions(published, from) < 0) return from
    return this.#end !== undefined && comparePositions(published, this.#end) > 0 ? this.#end : published
  }
}
