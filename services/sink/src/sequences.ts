/** What of a session was read so far. */
interface Session {
  /** Every record with a smaller number was read. */
  next: number
  /** Records behind a hole: their times by number, µs. */
  readonly ahead: Map<number, number>
  /** Since when there is a hole, ms by the monotonic clock. */
  holeSinceMs: number
  /** Its numbers tell nothing until then: somebody else may read a part of it. */
  untrustedUntilMs: number
}

/** A record's place in its session. */
export interface Numbered {
  readonly session: string
  readonly seq: number
  /** µs since the epoch. */
  readonly timestamp: number
}

/** Sessions overlap for moments, or for long with several collectors; those that were heard of last are known. */
const mostSessions = 32
const untrustedMs = 60_000

/**
 * Knows from the numbers of records, which rise by one within a session whatever partition they are in, whether something older is still to come: what stands
 * behind a hole is ahead of its time. A session with a hole that is not filled in time is not gone by for a while.
 */
export class Sequences {
  readonly #sessions = new Map<string, Session>()

  /** Takes over what was read together, in any order. True when all of it belongs to sessions that are known: then what comes next is known as well. */
  read(records: readonly Numbered[], nowMs: number): boolean {
    let isKnown = true
    for (const [name, own] of Map.groupBy(records, ({ session }) => session)) {
      const known = this.#knownAt(name, nowMs)
      if (known?.untrustedUntilMs === 0) this.#add(name, known, own, nowMs)
      else isKnown = false
      if (known === undefined) this.#add(name, beginningWith(own, nowMs), own, nowMs)
    }
    return isKnown
  }

  /** The time of the oldest record that is known to have an older one missing, µs; Infinity when nothing is missing. */
  aheadUs(nowMs: number, patienceMs: number): number {
    let least = Number.POSITIVE_INFINITY
    for (const session of this.#sessions.values()) {
      if (session.ahead.size === 0) continue
      if (nowMs - session.holeSinceMs >= patienceMs) giveUp(session, nowMs)
      else for (const us of session.ahead.values()) least = Math.min(least, us)
    }
    return least
  }

  /** What is known does not count any more: more was read than was looked at. */
  forget(): void {
    this.#sessions.clear()
  }

  /** One that was not gone by for a while begins anew. */
  #knownAt(name: string, nowMs: number): Session | undefined {
    const session = this.#sessions.get(name)
    if (session === undefined || session.untrustedUntilMs === 0 || nowMs < session.untrustedUntilMs) return session
    this.#sessions.delete(name)
    return undefined
  }

  #add(name: string, session: Session, records: readonly Numbered[], nowMs: number): void {
    this.#sessions.delete(name)
    this.#sessions.set(name, session)
    if (this.#sessions.size > mostSessions) this.#sessions.delete(this.#sessions.keys().next().value!)
    const { ahead } = session
    if (ahead.size === 0) session.holeSinceMs = nowMs
    const before = session.next
    for (const { seq, timestamp } of records) if (seq >= session.next) ahead.set(seq, timestamp)
    while (ahead.delete(session.next)) session.next++
    if (session.next !== before) session.holeSinceMs = nowMs
  }
}

function beginningWith(records: readonly Numbered[], nowMs: number): Session {
  const next = records.reduce((least, { seq }) => Math.min(least, seq), records[0]!.seq)
  return { next, ahead: new Map(), holeSinceMs: nowMs, untrustedUntilMs: 0 }
}

function giveUp(session: Session, nowMs: number): void {
  session.next = 1 + Math.max(...session.ahead.keys())
  session.ahead.clear()
  session.untrustedUntilMs = nowMs + untrustedMs
}
