import type { JournalSource } from '@tickhouse/journal'
import type { Batch } from './batch.ts'
import { ageOf, type HeldDatasets } from './held-datasets.ts'
import type { Outbox } from './outbox.ts'
import type { Backlog } from './recover.ts'

/** How far Kafka is behind the journal. */
export interface PublishLag {
  /** Entries that are not acknowledged, and records of datasets that are held. */
  readonly records: number
  /** Bytes of those entries. */
  readonly bytes: number
  /** Age of the oldest of all these; 0 when there is none. */
  readonly ageMs: number
}

/** Measures how much waits to be acknowledged, and how long it has. */
export class LagMeter {
  readonly #journal: JournalSource
  readonly #held: HeldDatasets
  #outbox: Outbox | undefined
  /** Of what waits while no outbox has it: its capture time, µs, and since when it has been waiting on the monotonic clock. */
  #waiting: { readonly oldestUs: number; readonly sinceMs: number } | undefined = {
    oldestUs: Date.now() * 1000,
    sinceMs: performance.now(),
  }
  /** What was acknowledged last while more waited, which is about as old; undefined when nothing did. */
  #last: Pick<Batch, 'oldestUs' | 'sinceMs'> | undefined
  /** Entries and bytes behind the front when it was last recovered, less what was appended until then. */
  #base = { entries: 0, bytes: 0 }
  #done = { entries: 0, bytes: 0 }

  constructor(journal: JournalSource, held: HeldDatasets) {
    this.#journal = journal
    this.#held = held
  }

  /** Entries that wait for Kafka, those aside that only held datasets wait for. */
  get entries(): number {
    return Math.max(0, this.#base.entries + this.#journal.standing.appendedEntries - this.#done.entries)
  }

  get value(): PublishLag {
    const { entries } = this
    const held = this.#held.list()
    const bytes = Math.max(0, this.#base.bytes + this.#journal.standing.appendedBytes - this.#done.bytes)
    const records = held.reduce((sum, { records }) => sum + records, entries)
    return { records, bytes, ageMs: Math.max(entries === 0 ? 0 : this.#frontAgeMs, ...held.map(({ ageMs }) => ageMs)) }
  }

  /** The outbox has everything now that waits; what it was measured from is this backlog. */
  begin({ appended, entries, bytes }: Backlog, outbox: Outbox): void {
    this.#base = { entries: entries - appended.appendedEntries, bytes: bytes - appended.appendedBytes }
    this.#done = { entries: 0, bytes: 0 }
    this.#outbox = outbox
  }

  acknowledged({ entries, entryBytes, oldestUs, sinceMs }: Batch): void {
    this.#done = { entries: this.#done.entries + entries, bytes: this.#done.bytes + entryBytes }
    this.#waiting = undefined
    this.#last = this.entries === 0 ? undefined : { oldestUs, sinceMs }
  }

  /** The outbox is given up, with what is in it. */
  end(): void {
    const { oldestUs = Date.now() * 1000, sinceMs = performance.now() } = this.#outbox ?? {}
    if (this.#outbox !== undefined) this.#waiting ??= { oldestUs, sinceMs }
    this.#outbox = undefined
  }

  /** What the journal has just taken is in the outbox a moment later; so is the next piece of a backlog. */
  get #frontAgeMs(): number {
    const next = this.#outbox?.oldestUs === undefined ? this.#last : this.#outbox
    const { oldestUs = Date.now() * 1000, sinceMs } = next ?? {}
    return Math.max(ageOf(oldestUs, sinceMs), this.#waiting === undefined ? 0 : ageOf(this.#waiting.oldestUs, this.#waiting.sinceMs))
  }
}
