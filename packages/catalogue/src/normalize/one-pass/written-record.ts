import type { KnownItem } from '../known-items.ts'
import type { ItemPlan } from './plan.ts'

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

/** One piece of memory for the bytes of many records: a buffer for each of them would cost more than writing it. */
const PIECE_BYTES = 64 * 1024

/**
 * Where records are written. What was kept is never written again: a full piece is left to those who hold parts of it, and goes with the last of them.
 * So somebody who holds one record for long holds 64 KiB.
 */
export class RecordRoom {
  bytes: Buffer = Buffer.alloc(0)
  /** The same memory. */
  view: DataView = new DataView(new ArrayBuffer(0))
  /** Where the next record begins. */
  at = 0

  /** Makes room for a next record of this size. */
  need(count: number): void {
    if (this.bytes.length - this.at >= count) return
    this.bytes = Buffer.allocUnsafeSlow(Math.max(PIECE_BYTES, count))
    this.view = new DataView(this.bytes.buffer, this.bytes.byteOffset, this.bytes.length)
    this.at = 0
  }

  /** The next record up to `end`, which stays. */
  keep(end: number): Buffer {
    const kept = this.bytes.subarray(this.at, end)
    this.at = end
    return kept
  }
}
