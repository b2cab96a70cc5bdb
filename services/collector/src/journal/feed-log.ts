import { type Gap, itemSilent } from '@tickhouse/catalogue'
import {
  closeContent,
  type GapEntry,
  gapContent,
  type Journal,
  type LastEntry,
  type Loss,
  type Missing,
  type PendingGaps,
  type SessionHeader,
  sessionHeader,
  sessionIdAfter,
} from '@tickhouse/journal'
import { CaptureClock, type Clock, clockSlack, type Logger } from '@tickhouse/runtime'
import { clockWrong, type WrongTimes } from '../clock/clock-rules.ts'
import { OwnEntries } from './own-entries.ts'
import { isClosed, pendingAfterClose, pendingAfterCrash, remainderOf } from './pending-gaps.ts'
import type { SilentItem, Unregistered } from './unregistered.ts'
import { type ClockRun, pendingAfterTimesAhead, pendingAfterWait, pendingAfterWrongTimes } from './wrong-times.ts'

/** Which collector captures, and from which environment. */
export interface Identity {
  readonly environment: string
  readonly collector: string
}

/** A message of the venue that the collector does not act on: a SYSTEM message that ends no session, an unexpected answer, an unknown trnm. */
export interface Said {
  readonly kind: 'system' | 'answer' | 'unknown'
  /** The venue's code of a SYSTEM message, else the trnm. */
  readonly code: string
  /** The words of a SYSTEM message, else the message itself. */
  readonly text: string
}

/** What a feed log works with. */
export interface FeedLogDeps {
  readonly journal: Journal
  readonly identity: Identity
  readonly clock: Clock
  readonly log: Logger
  readonly onGap: (gap: Gap) => void
  /** Called with the pairs that the venue does not send in a session, once the journal has them. */
  readonly onRefused?: (pairs: Unregistered, session: string) => void
  /** A wall clock that was set back by no more than this, ms, does not mix two sessions; beyond it, the time was wrong before. */
  readonly maxStepMs?: number
}

/** How records name the item `""` of the market-wide and account types. */
const marketWide = '*'
const nothing = Buffer.alloc(0)

/**
 * Writes the entries of the journal that are not frames: where sessions begin and end, and where records are missing.
 * Between two sessions something is always missing: `close` begins that gap, and it is written in the next session as soon as `settle` says
 * that all registrations are in place again (or at the end of that session, should it never get there). Until then the journal itself says which gaps are pending,
 * in the close of the session before and in the header of the one that is open, and so with pairs that are refused.
 */
export class FeedLog {
  readonly #deps: Required<FeedLogDeps>
  #clock: CaptureClock
  #pending: PendingGaps = {}
  #session: SessionHeader | undefined
  /** The session that was opened last. */
  #last: Pick<SessionHeader, 'session' | 'openedAtUs'> | undefined
  #run: ClockRun | undefined
  /** When the last session ended. */
  #endedAtUs = 0
  readonly #entries: OwnEntries

  constructor(deps: FeedLogDeps) {
    this.#deps = { maxStepMs: clockSlack.stepMs, onRefused: () => {}, ...deps }
    this.#clock = new CaptureClock(deps.clock)
    this.#entries = new OwnEntries(deps.journal)
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
      this.#pending = pendingAfterClose(last)
      return
    }
    const crash = `the collector ended without closing the session; ${truncatedBytes} bytes of a torn entry were cut off the journal`
    const pending = pendingAfterCrash(last, crash)
    this.#deps.journal.beginSession({ ...last.header, owed: pending })
    // Where it ended by its own times: whether the clock of now is right, nobody has judged.
    this.#end('crashed', pending, last.timeUs + 1)
    this.#deps.log.warn({ session: last.header.session, truncatedBytes }, 'An unfinished session was closed')
  }

  /** The capture clock of a connection that is about to be opened; it goes on after the one before, unless the wall clock was set back by more than a moment. */
  startClock(): CaptureClock {
    const lastUs = this.now()
    const { clock, maxStepMs } = this.#deps
    const isCorrected = lastUs / 1000 - clock.nowMs() > maxStepMs
    this.#clock = new CaptureClock(clock, isCorrected ? 0 : lastUs)
    return this.#clock
  }

  /** Notes how long, in µs, no session could begin because the clock was wrong. The clock that was started last is right. */
  wait(elapsedUs: number, evidence: string): void {
    this.#pending = pendingAfterWait(this.#pending, this.now() - elapsedUs, evidence)
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
    if (this.#last !== undefined && this.#isAhead(openedAtUs)) this.#pending = pendingAfterTimesAhead(this.#pending, openedAtUs, this.#last)
    const session = sessionIdAfter(this.#last?.session, Math.floor(openedAtUs / 1000))
    const { missing, gaps = [] } = this.#pending
    const header = sessionHeader({ session, openedAtUs, ...this.#deps.identity }, this.#pending)
    this.#last = header
    this.#session = header
    this.#goOn({ session, openedAtUs, anchorUs: this.#clock.anchorUs, missingSinceUs: missing?.fromUs })
    // A close that is lost after this would close the wrong session if it were written again.
    this.#entries.forgetCloses()
    this.#deps.journal.beginSession(header)
    for (const gap of gaps) this.gap(gap)
    this.#setPending(missing === undefined ? {} : { missing })
    return header
  }

  /** All registrations are in place since that time: writes the gap before it. */
  settle(toUs = this.now()): void {
    const { missing, ...rest } = this.#pending
    if (missing === undefined) return
    const { fromUs, reason, evidence } = missing
    this.gap({ from: fromUs, to: Math.max(fromUs, toUs), reason, evidence })
    this.#setPending(rest)
  }

  /** Writes a heartbeat into the open session, if there is one. */
  beat(): void {
    if (this.#session !== undefined) this.#deps.journal.append('heartbeat', this.now(), nothing)
  }

  /** Writes down what the venue said in the open session, if there is one. */
  notice(said: Said): void {
    if (this.#session !== undefined) this.#deps.journal.append('notice', this.now(), Buffer.from(JSON.stringify(said)))
  }

  /** Writes a gap into the open session, or into the last one. */
  gap(gap: GapEntry): void {
    const from = Math.min(gap.from, gap.to)
    this.#entries.append('gap', this.now(), gapContent({ ...gap, from }))
    this.#deps.onGap(gap)
    this.#deps.log.warn({ session: this.#last?.session, ...gap, seconds: (gap.to - from) / 1e6 }, 'Records may be missing')
  }

  /** Notes pairs that this session does not get: a gap until now, and another one until its end. */
  refuse(refused: Unregistered): void {
    const { items, ...pairs } = refused
    const symbols = items.map(item => (item === '' ? marketWide : item))
    this.#missFrom(this.#session?.openedAtUs ?? this.now(), { ...pairs, symbols })
    if (this.#session !== undefined) this.#deps.onRefused(refused, this.#session.session)
  }

  /** Notes a silent item: a gap until now, and another one until the item sends again or the session ends. */
  silent({ item, types, lastTimestamp, evidence }: SilentItem, session: string): void {
    if (this.#session?.session !== session) return
    const fromUs = lastTimestamp ?? this.#session.openedAtUs
    this.#missFrom(fromUs, { types, symbols: [item], reason: itemSilent, evidence })
  }

  /** Ends the gap of an item that sends again. */
  spoke(item: string, session: string, timestampUs: number): void {
    if (this.#session?.session !== session) return
    const { refused = [], ...rest } = this.#pending
    const own = refused.filter(({ reason, symbols }) => reason === itemSilent && symbols?.includes(item))
    for (const { fromUs, ...pairs } of own) this.gap({ from: fromUs, to: Math.max(fromUs, timestampUs), ...pairs })
    this.#setPending({ ...rest, refused: refused.filter(pairs => !own.includes(pairs)) })
  }

  #missFrom(fromUs: number, pairs: Omit<GapEntry, 'from' | 'to' | 'goesOn'>): void {
    const gap: GapEntry = { from: fromUs, to: this.now(), ...pairs, goesOn: true }
    this.gap(gap)
    this.#setPending({ ...this.#pending, refused: [...(this.#pending.refused ?? []), remainderOf(gap)] })
  }

  /** Closes the open session. Records are missing from `missing.fromUs` on. */
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
    const end = { session: this.#session.session, timeUs: this.now(), unwritten: this.#pending.missing }
    this.#end(clockWrong, pendingAfterWrongTimes(this.#run, end, wrong))
  }

  /** Corrects the session that was closed last, whose times turned out to be wrong. */
  correct(wrong: WrongTimes): void {
    if (this.#last === undefined || this.#run === undefined) return
    const end = { session: this.#last.session, timeUs: this.#endedAtUs, unwritten: undefined }
    const { missing, gaps = [] } = pendingAfterWrongTimes(this.#run, end, wrong)
    this.#pending = { missing: missing!, gaps: [...(this.#pending.gaps ?? []), ...gaps] }
  }

  /** The journal lost entries; gaps and closes among them are written again. */
  lose(loss: Loss): void {
    const lost = this.#entries.within(loss)
    const evidence = `the journal could not be written (${loss.code}): ${loss.entries} entries with ${loss.bytes} bytes were lost`
    this.gap({ from: loss.fromUs, to: loss.toUs, reason: 'journal_full', missing: loss.entries, evidence })
    for (const { kind, content } of lost) this.#entries.append(kind, this.now(), content)
  }

  #writeRefused(): void {
    for (const { fromUs, ...pairs } of this.#pending.refused ?? []) this.gap({ from: fromUs, to: this.now(), ...pairs })
  }

  /** Notes how the clock was set for the session that begins. */
  #goOn(run: ClockRun): void {
    const isSame = this.#run !== undefined && Math.abs(run.anchorUs - this.#run.anchorUs) <= this.#deps.maxStepMs * 1000
    if (!isSame) this.#run = run
  }

  /** Whether the last session ended later than this one begins. */
  #isAhead(nowUs: number): boolean {
    return (this.#pending.missing?.fromUs ?? 0) - nowUs > this.#deps.maxStepMs * 1000
  }

  /** Sets the pending gaps, for the segments that follow. */
  #setPending(pending: PendingGaps): void {
    this.#pending = pending
    if (this.#session !== undefined) this.#deps.journal.relabelSession({ ...this.#session, owed: pending })
  }

  #end(reason: string, pending: PendingGaps, timeUs = this.now()): void {
    this.#session = undefined
    this.#pending = pending
    this.#endedAtUs = timeUs
    this.#entries.append('close', timeUs, closeContent(reason, pending))
  }
}
