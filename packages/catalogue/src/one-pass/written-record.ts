import type { KnownItem } from '../normalize/known-items.ts'
import type { ItemPlan } from './plan.ts'
import type { RecordRoom } from './record-room.ts'

/** A record that was written in one pass. There is one such object, which is each record in turn. */
export class WrittenRecord {
  dataset = ''
  /** The place of its dataset among `entities`. */
  entity = 0
  /** Who it is about: the same object for every record of an item, as far as items are remembered. */
  instrument!: KnownItem
  /** µs. */
  timestamp = 0
  seq = 0
  readonly #room: RecordRoom
  #end = 0

  constructor(room: RecordRoom) {
    this.#room = room
  }

  get symbol(): string {
    return this.instrument.symbol
  }

  /** The record's JSON, whose bytes stay as they are; those of a record that is not kept are written over by the next one. Call it once. */
  keep(): Buffer {
    return this.#room.keep(this.#end)
  }

  /** Becomes the record that the room holds up to `end`. */
  set({ dataset, entity }: ItemPlan, instrument: KnownItem, timestamp: number, seq: number, end: number): void {
    this.dataset = dataset
    this.entity = entity
    this.instrument = instrument
    this.timestamp = timestamp
    this.seq = seq
    this.#end = end
  }
}
