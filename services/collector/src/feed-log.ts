import { type Gap, itemSilent } from '@tickhouse/catalogue'
import type { Journal, LastEntry, Loss, SessionHeader } from '@tickhouse/journal'
import { CaptureClock, type Clock, type Logger } from '@tickhouse/runtime'
import type { SilentItem } from './item-flow.ts'
import type { Said } from './notices.ts'
import { type GapEntry, isClosed, type Missing, type Owed, owedAfterClose, owedAfterCrash, restOf } from './owed.ts'
import type { WrongTimes } from './session-clock.ts'
import { sessionIdAfter } from './session-id.ts'
import type { Unregistered } from './unregistered.ts'
import { type ClockRun, clockWrong, owedAfterTimesAhead, owedAfterWait, owedAfterWrongTimes } from './wrong-times.ts'

/** Who captures. */
export interface Identity {
  readonly environment: string
  readonly collector: string
}

/** An entry of our own as it was appended. */
interface Note {
  readonly kind: 'gap' | 'close'
  readonly timeUs: number
  readonly content: object
}

/** What a feed log works with. */
export interface FeedLogParts {
  readonly journal: Journal
  readonly identity: Identity
  readonly clock: Clock
  readonly log: Logger
  readonly onGap: (gap: Gap) => void
  /** Hears what the venue does not send in a session, once that stands in the journal. */
  readonly onRefused?: (pairs: Unregistered, session: string) => void
  /** A wall clock that was set back by no more than this, ms, does not mix two sessions; beyond it, the time was wrong before. */
  readonly maxStepMs?: number
}

/** The layout of frames and of our own entries; stands in every session's header. */
const headerVersion = 1
/** How records name the item `""` of the market-wide and account types. */
const marketWide = '*'
/** So many of our own entries can be appended again. */
const notesHeld = 256
const nothing = Buffer.alloc(0)

/**
 * What the journal holds besides frames: where sessions begin and end, and where something is missing.
 * Between two sessions something is always missing: `close` begins that gap, and it is written in the next session as soon as `settle` says
 * that all registrations are in place again (or at the end of that session, should it never get there). Until then the journal itself says what is owed,
 * in the close of the session before and in the header of the one that is open, and so with pairs that are refused.
 */
export class FeedLog {
  readonly #parts: Required<FeedLogParts>
  #clock: CaptureClock
  #owed: Owed = {}
  #session: SessionHeader | undefined
  /** The session that was opened last. */
  #last: Pick<SessionHeader, 'session' | 'openedAtUs'> | undefined
  #run: ClockRun | undefined
  /** When the last session ended. */
  #endedAtUs = 0
  /** The latest of our own entries. */
  #notes: Note[] = []

  constructor(parts: FeedLogParts) {
    this.#parts = { maxStepMs: 1_000, onRefused: () => {}, ...parts }
    this.#clock = new CaptureClock(parts.clock)
  }

  /** The session that is open, if one is. */
  get session(): SessionHeader | undefined {
    return this.#session
  }

  /**
   * Takes up what an earlier process left: an unfinished session is closed, and the next one will tell what lies between. The gap does not go into the
   * old session: a power loss may have taken entries from the journal whose records, and numbers, are in the topics already.
   */
  resume(last: LastEntry | undefined, truncatedBytes: number): void {
    if (last === undefined) return
    this.#last = last.header
    if (isClosed(last)) {
      this.#owed = owedAfterClose(last)
      return
    }
    const crash = `the collector ended without closing the session; ${truncatedBytes} bytes of a torn entry were cut off the journal`
    const owed = owedAfterCrash(last, crash)
    this.#parts.journal.beginSession({ ...last.header, owed })
    // Where it ended by its own times: whether the clock of now is right, nobody has judged.
    this.#end('crashed', owed, last.timeUs + 1)
    this.#parts.log.warn({ session: last.header.session, truncatedBytes }, 'An unfinished session was closed')
  }

  /** The capture clock of a connection that is about to be opened; it goes on after the one before, unless the wall clock was set back by more than a moment. */
  startClock(): CaptureClock {
    const lastUs = this.now()
    const { clock, maxStepMs } = this.#parts
    const isCorrected = lastUs / 1000 - clock.nowMs() > maxStepMs
    this.#clock = new CaptureClock(clock, isCorrected ? 0 : lastUs)
    return this.#clock
  }

  /** No session could begin for that long, µs, as the clock was wrong; the clock that was started last is right. */
  wait(elapsedUs: number, evidence: string): void {
    this.#owed = owedAfterWait(this.#owed, this.now() - elapsedUs, evidence)
  }

  /** The capture time of now, µs. */
  now(): number {
    return this.#clock.stamp()
  }

  /** The time of now by the clock of the open session, ms; undefined while none is open: no other clock here is known to be right. */
  get sessionNowMs(): number | undefined {
    return this.#session === undefined ? undefined : this.#clock.nowUs / 1000
  }

  /** Begins a session: a login was accepted. */
  begin(): SessionHeader {
    const openedAtUs = this.now()
    if (this.#last !== undefined && this.#isAhead(openedAtUs)) this.#owed = owedAfterTimesAhead(this.#owed, openedAtUs, this.#last)
    const session = sessionIdAfter(this.#last?.session, Math.floor(openedAtUs / 1000))
    const { missing, gaps = [] } = this.#owed
    const header = { session, openedAtUs, ...this.#parts.identity, version: headerVersion, owed: this.#owed }
    this.#last = header
    this.#session = header
    this.#goOn({ session, openedAtUs, anchorUs: this.#clock.anchorUs, missingSinceUs: missing?.fromUs })
    // A close that is lost after this would close the wrong session if it were written again.
    this.#notes = this.#notes.filter(({ kind }) => kind === 'gap')
    this.#parts.journal.beginSession(header)
    for (const gap of gaps) this.gap(gap)
    this.#owe(missing === undefined ? {} : { missing })
    return header
  }

  /** Everything that is to be captured is captured from that time on: what was missing before is written down. */
  settle(toUs = this.now()): void {
    const { missing, ...rest } = this.#owed
    if (missing === undefined) return
    const { fromUs, reason, evidence } = missing
    this.gap({ from: fromUs, to: Math.max(fromUs, toUs), reason, evidence })
    this.#owe(rest)
  }

  /** Writes a heartbeat into the open session, if there is one. */
  beat(): void {
    if (this.#session !== undefined) this.#parts.journal.append('heartbeat', this.now(), nothing)
  }

  /** Writes down what the venue said in the open session, if there is one. */
  notice(said: Said): void {
    if (this.#session !== undefined) this.#parts.journal.append('notice', this.now(), Buffer.from(JSON.stringify(said)))
  }

  /** Writes a gap into the open session, or into the last one. */
  gap(gap: GapEntry): void {
    const from = Math.min(gap.from, gap.to)
    this.#append('gap', this.now(), { ...gap, from })
    this.#parts.onGap(gap)
    this.#parts.log.warn({ session: this.#last?.session, ...gap, seconds: (gap.to - from) / 1e6 }, 'Records may be missing')
  }

  /** Pairs that this session does not get: a gap until now, and another one until its end. */
  refuse(refused: Unregistered): void {
    const { items, ...pairs } = refused
    const symbols = items.map(item => (item === '' ? marketWide : item))
    this.#missFrom(this.#session?.openedAtUs ?? this.now(), { ...pairs, symbols })
    if (this.#session !== undefined) this.#parts.onRefused(refused, this.#session.session)
  }

  /** An item of which nothing came since then: a gap until now, and another one until it speaks or the session ends. */
  silent({ item, types, lastTimestamp, evidence }: SilentItem, session: string): void {
    if (this.#session?.session !== session) return
    const fromUs = lastTimestamp ?? this.#session.openedAtUs
    this.#missFrom(fromUs, { types, symbols: [item], reason: itemSilent, evidence })
  }

  /** The item speaks again: its gap ends. */
  spoke(item: string, session: string, timestampUs: number): void {
    if (this.#session?.session !== session) return
    const { refused = [], ...rest } = this.#owed
    const own = refused.filter(({ reason, symbols }) => reason === itemSilent && symbols?.includes(item))
    for (const { fromUs, ...pairs } of own) this.gap({ from: fromUs, to: Math.max(fromUs, timestampUs), ...pairs })
    this.#owe({ ...rest, refused: refused.filter(pairs => !own.includes(pairs)) })
  }

  #missFrom(fromUs: number, pairs: Omit<GapEntry, 'from' | 'to' | 'goesOn'>): void {
    const gap: GapEntry = { from: fromUs, to: this.now(), ...pairs, goesOn: true }
    this.gap(gap)
    this.#owe({ ...this.#owed, refused: [...(this.#owed.refused ?? []), restOf(gap)] })
  }

  /** Closes the open session; from `missing.fromUs` on records are missing. */
  close(missing: Missing): void {
    if (this.#session === undefined) return
    this.settle(missing.fromUs)
    this.#writeRefused()
    this.#end(missing.reason, { missing })
  }

  /** Closes the open session, whose times were wrong. */
  closeWrong(wrong: WrongTimes): void {
    if (this.#session === undefined || this.#run === undefined) return
    this.#writeRefused()
    const end = { session: this.#session.session, timeUs: this.now(), unwritten: this.#owed.missing }
    this.#end(clockWrong, owedAfterWrongTimes(this.#run, end, wrong))
  }

  /** The times of the session that was closed last were wrong: that came to light only now. */
  correct(wrong: WrongTimes): void {
    if (this.#last === undefined || this.#run === undefined) return
    const end = { session: this.#last.session, timeUs: this.#endedAtUs, unwritten: undefined }
    const { missing, gaps = [] } = owedAfterWrongTimes(this.#run, end, wrong)
    this.#owed = { missing: missing!, gaps: [...(this.#owed.gaps ?? []), ...gaps] }
  }

  /** The journal lost entries; gaps and closes among them are written again. */
  lose(loss: Loss): void {
    const lost = this.#notes.filter(({ timeUs }) => timeUs >= loss.fromUs && timeUs <= loss.toUs)
    const evidence = `the journal could not be written (${loss.code}): ${loss.entries} entries with ${loss.bytes} bytes were lost`
    this.gap({ from: loss.fromUs, to: loss.toUs, reason: 'journal_full', missing: loss.entries, evidence })
    for (const { kind, content } of lost) this.#append(kind, this.now(), content)
  }

  #writeRefused(): void {
    for (const { fromUs, ...pairs } of this.#owed.refused ?? []) this.gap({ from: fromUs, to: this.now(), ...pairs })
  }

  /** Notes how the clock was set for the session that begins. */
  #goOn(run: ClockRun): void {
    const isSame = this.#run !== undefined && Math.abs(run.anchorUs - this.#run.anchorUs) <= this.#parts.maxStepMs * 1000
    if (!isSame) this.#run = run
  }

  /** Whether the session before ended later than this one begins. */
  #isAhead(nowUs: number): boolean {
    return (this.#owed.missing?.fromUs ?? 0) - nowUs > this.#parts.maxStepMs * 1000
  }

  /** What is owed from now on, for the segments that follow. */
  #owe(owed: Owed): void {
    this.#owed = owed
    if (this.#session !== undefined) this.#parts.journal.relabelSession({ ...this.#session, owed })
  }

  #end(reason: string, owed: Owed, timeUs = this.now()): void {
    this.#session = undefined
    this.#owed = owed
    this.#endedAtUs = timeUs
    this.#append('close', timeUs, { reason, owed })
  }

  #append(kind: 'gap' | 'close', timeUs: number, content: object): void {
    this.#notes = [...this.#notes, { kind, timeUs, content }].slice(-notesHeld)
    this.#parts.journal.append(kind, timeUs, Buffer.from(JSON.stringify(content)))
  }
}
