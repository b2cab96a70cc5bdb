import type { StoredEntry } from '../entry.ts'
import type { KnownItem, KnownItems } from '../known-items.ts'
import type { Numbering } from '../numbering.ts'
import { CLOSE } from './characters.ts'
import { FrameBytes } from './frame-bytes.ts'
import { EARLIEST_US } from './moments.ts'
import { writeInteger } from './numbers.ts'
import { type ItemPlan, plansByType } from './plan.ts'
import { RunningValues } from './running-values.ts'
import { copyWords, textWordsOf } from './texts.ts'
import { ItemValues } from './values.ts'

import { type Desk, writeColumns, writeMember } from './write.ts'
import { RecordRoom, WrittenRecord } from './written-record.ts'

const HEAD = textWordsOf('{"timestamp":')
/** What a record's header takes beside the member that its item has, in bytes. */
const HEADER_BYTES = 128
/** `A`, which may stand before the code of a stock. */
const PREFIX = 0x41

/** What the session has met so far: only looked at, never changed. */
export interface SessionSoFar {
  readonly items: KnownItems
  readonly numbering: Numbering
}

/**
 * Writes the records of a frame in the venue's usual form straight from its bytes: `scan` the frame, then `write` each item. What is not usual, in form or in value,
 * is refused, and nothing has changed then: the long way (`SessionNormalizer.entry`) decides what it is. Whatever is written is byte for byte what the long way makes.
 */
export class FramePass {
  /** The record that was written last, and what goes with it. */
  readonly record: WrittenRecord
  plan: ItemPlan | undefined
  /** What the record says of its item's running total, where the plan has one. */
  readonly running = new RunningValues()
  readonly values = new ItemValues()
  readonly #frame = new FrameBytes()
  readonly #room = new RecordRoom()
  readonly #session: SessionSoFar
  readonly #desk = { bytes: this.#room.bytes, values: this.values, capturedAtUs: 0, out: this.#room.bytes, view: this.#room.view }

  constructor(session: SessionSoFar) {
    this.#session = session
    this.record = new WrittenRecord(this.#room)
  }

  get itemCount(): number {
    return this.#frame.itemCount
  }

  /** Whether the frame has the usual form. */
  scan({ bytes, timeUs }: StoredEntry): boolean {
    return timeUs >= EARLIEST_US && this.#frame.scan(bytes)
  }

  /** Writes the record of an item of the frame that was scanned; false for one that is left to the long way. */
  write(index: number, { bytes, timeUs }: StoredEntry): boolean {
    const frame = this.#frame
    const plan = plansByType.get(frame.types[index]!)
    if (plan === undefined || !this.values.take(frame, index, plan)) return false
    const item = this.#item(bytes, index, plan)
    if (item === null) return false
    this.#desk.bytes = bytes
    this.#desk.capturedAtUs = timeUs
    if (plan.running !== null && !this.running.read(plan.running, this.#desk)) return false
    return this.#record(plan, item, timeUs)
  }

  #record(plan: ItemPlan, item: KnownItem, timeUs: number): boolean {
    const { numbering } = this.#session
    const timestamp = numbering.nextTimestamp(timeUs)
    const seq = numbering.nextSeq(plan.dataset)
    if (!Number.isSafeInteger(timestamp)) return false
    const { out, view } = this.#makeRoom(plan.maxBytes + item.middleWords.length + HEADER_BYTES)
    let put = writeInteger(timestamp, out, copyWords(HEAD, view, this.#room.at))
    put = writeInteger(seq, out, copyWords(item.middleWords, view, put))
    if (plan.exchangeTime !== null) put = writeMember(plan.exchangeTime, this.#desk, put)
    if (put >= 0) put = writeColumns(plan, this.#desk, put)
    if (put < 0) return false
    out[put++] = CLOSE
    this.plan = plan
    this.record.set(plan, item, timestamp, seq, put)
    return true
  }

  #makeRoom(count: number): Desk {
    this.#room.need(count)
    this.#desk.out = this.#room.bytes
    this.#desk.view = this.#room.view
    return this.#desk
  }

  /** Who the item is about; null where that takes a second look. */
  #item(bytes: Buffer, index: number, plan: ItemPlan): KnownItem | null {
    const from = this.#frame.itemFrom[index]!
    if (from === 0) return null
    const to = this.#frame.itemTo[index]!
    if (from === to && (!plan.isMarketWide || plan.symbol >= 0)) return null
    const item = this.#session.items.at(bytes, from, to)
    return item === null || plan.symbol < 0 || this.#hasSymbol(bytes, plan.symbol, item) ? item : null
  }

  /** Whether the FID that repeats the symbol is absent, or says in the ordinary way what the item says. */
  #hasSymbol(bytes: Buffer, slot: number, { plainCode }: KnownItem): boolean {
    let from = this.values.from[slot]!
    const to = this.values.to[slot]!
    if (from === 0 || from === to) return true
    if (plainCode === null) return false
    if (bytes[from] === PREFIX && to - from === plainCode.length + 1) from++
    return to - from === plainCode.length && bytes.compare(plainCode, 0, plainCode.length, from, to) === 0
  }
}
