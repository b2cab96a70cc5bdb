import { admitted, type NormalizerEntry, type StoredEntry } from './entry.ts'
import { countKey, FrameNormalizer, LARGE_TEXT, type LongWay, longWay } from './frame.ts'
import { KnownItems } from './known-items.ts'
import { Numbering } from './numbering.ts'
import { FramePass } from './one-pass/frame-pass.ts'
import { closeColumns, gapColumns, isGap, noticeColumns, openColumns, type SessionIdentity } from './own-records.ts'
import { type NormalizerCounts, type NormalizerState, ownRecord, type Produced, type RecordTaker } from './produced.ts'
import { RunningTotals } from './running-totals.ts'
import { parse } from './shape.ts'

/**
 * Turns the journal of one session into records: a pure function of the entries, total on any text.
 * A record, a dead letter with its reason, or (for tolerated types) nothing comes of every item; nothing is thrown.
 * `seq` counts 1, 2, 3 … per dataset, items of it that became dead letters included; `timestamp` is `max(captured, last + 1)`, so it rises strictly within the session.
 */
export class SessionNormalizer {
  readonly counts: NormalizerCounts
  readonly #identity: SessionIdentity
  readonly #items: KnownItems
  readonly #numbering: Numbering
  readonly #running: RunningTotals
  readonly #frames: FrameNormalizer
  #onePass: FramePass | undefined
  #opened: boolean

  constructor(identity: SessionIdentity, state: NormalizerState = { opened: false, lastTimestamp: 0, seq: {} }) {
    this.#identity = identity
    this.#items = new KnownItems(identity.session)
    this.#numbering = new Numbering(state.lastTimestamp, state.seq)
    this.#running = new RunningTotals(state.running)
    this.counts = {
      items: 0,
      deadLetters: 0,
      tolerated: 0,
      volumeResets: 0,
      exchangeChanges: this.#running.changes,
      unknownFids: new Map(),
      unreadable: new Map(),
    }
    const { counts } = this
    this.#frames = new FrameNormalizer({
      session: identity.session,
      items: this.#items,
      numbering: this.#numbering,
      running: this.#running,
      counts,
    })
    this.#opened = state.opened
  }

  /** Where the session stands after the entries so far. */
  state(): NormalizerState {
    const { lastTimestamp, seq } = this.#numbering
    return { opened: this.#opened, lastTimestamp, seq: Object.fromEntries(seq), running: this.#running.state() }
  }

  /** The record that opens the session; nothing when it was already made. */
  open(): Produced[] {
    if (this.#opened) return []
    this.#opened = true
    return [this.#own('feed_session', this.#identity.openedAtUs, openColumns(this.#identity))]
  }

  /** The records of one entry, in order. */
  entry(entry: NormalizerEntry): Produced[] {
    const produced = this.open()
    if (entry.kind === 'frame') this.#frames.frame(entry, produced)
    else if (entry.kind === 'gap') produced.push(this.#gap(entry))
    else if (entry.kind === 'close') produced.push(this.#close(entry))
    else if (entry.kind === 'notice')
      produced.push(this.#own('feed_session', entry.timeUs, noticeColumns(this.#identity, parse(entry.text))))
    else if (entry.kind === 'heartbeat') produced.push(this.#own('feed_heartbeat', entry.timeUs, {}))
    return produced
  }

  /** The records of an entry of the journal: the very same as of `entry`, written in one pass where a frame has the venue's usual form. */
  take(stored: StoredEntry, segment: number, taker: RecordTaker): void {
    this.#onePass ??= new FramePass({ items: this.#items, numbering: this.#numbering })
    if (stored.kind === 'frame' && this.#onePass.scan(stored)) {
      for (const made of this.open()) taker.produced(made)
      this.#write(this.#onePass, stored, segment, taker)
    } else for (const made of this.entry(admitted(stored, segment))) taker.produced(made)
  }

  /** The items of a frame that was scanned; each that is not usual takes the long way. */
  #write(onePass: FramePass, stored: StoredEntry, segment: number, taker: RecordTaker): void {
    let long: LongWay | undefined
    for (let index = 0; index < onePass.itemCount; index++) {
      if (onePass.write(index, stored)) {
        this.#settle(onePass, stored.timeUs, taker)
        continue
      }
      long ??= longWay(admitted(stored, segment))
      const produced: Produced[] = []
      this.#frames.itemAt(index, long, produced)
      for (const made of produced) taker.produced(made)
    }
    if (long !== undefined && long.entry.text.length > LARGE_TEXT) this.#frames.forgetTexts()
  }

  /** Takes note of a record that was written and hands it on. Where its running total grew by more than its own step, says what was left out before it. */
  #settle(onePass: FramePass, timeUs: number, taker: RecordTaker): void {
    const { record, running, values } = onePass
    const plan = onePass.plan!
    this.counts.items++
    this.#numbering.give(record.dataset, record.timestamp, record.seq)
    for (let index = 0; index < values.unknownCount; index++) countKey(this.counts.unknownFids, `${plan.type}/${values.unknown[index]}`)
    const { timestamp, instrument } = record
    taker.written(record)
    if (plan.running === null) return
    const gap = this.#frames.compare(plan.type, instrument.item, running, timeUs, timestamp)
    if (gap !== null) taker.produced(gap)
  }

  #gap(entry: NormalizerEntry): Produced {
    const gap = parse(entry.text)
    if (!isGap(gap)) return this.#frames.deadLetter(entry, 'wrong_shape', 'Expected a gap {"from","to","reason"}', entry.text)
    return this.#own('feed_gap', entry.timeUs, gapColumns(gap))
  }

  #close(entry: NormalizerEntry): Produced {
    return this.#own('feed_session', entry.timeUs, closeColumns(this.#identity, parse(entry.text), this.#numbering.seq))
  }

  /** A record about the feed itself. */
  #own(dataset: string, capturedAtUs: number, columns: Readonly<Record<string, unknown>>, series?: string): Produced {
    const { session } = this.#identity
    return ownRecord({ session, numbering: this.#numbering, dataset, series }, capturedAtUs, columns)
  }
}
