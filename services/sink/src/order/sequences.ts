/** A record's place in its session. */
export interface Numbered {
  readonly session: string
  readonly seq: number
  /** µs since the epoch. */
  readonly timestamp: number
}

/** What was read of one partition, in its order. */
export interface NumberedPart {
  readonly partition: number
  readonly records: readonly Numbered[]
}

/** What of a session was read so far. */
interface Session {
  /** Every record with a smaller number was read. */
  next: number
  /** Records behind a hole, by partition, each in order. */
  readonly ahead: Map<number, Queue>
  /** Since when there is a hole, ms by the monotonic clock. */
  holeSinceMs: number
  /** Since a hole was given up its numbers tell nothing: somebody else may read a part of it. */
  isGivenUp: boolean
  /** Until when and for how long its numbers tell, or told, nothing. */
  distrust: Distrust
}

/** Times are by the monotonic clock, ms. */
interface Distrust {
  readonly untilMs: number
  readonly forMs: number
}

/** Sessions overlap for moments, or for long with several collectors; those that were heard of last are known. */
const maxSessions = 32
/** A hole may have been a moment in which nothing was read; where they come again and again the numbers tell nothing for longer each time. */
const distrustMs = { min: 1_000, max: 60_000 }
const noDistrust: Distrust = { untilMs: Number.NEGATIVE_INFINITY, forMs: 0 }

/**
 * Knows from the numbers of records, which rise by one within a session whatever partition they are in, whether something older is still to come: what stands
 * behind a hole is ahead of its time. A session with a hole that is not filled in time is not gone by for a while.
 */
export class Sequences {
  readonly #sessions = new Map<string, Session>()

  /** Takes over what was read together. True when all of it belongs to sessions that are known: then what comes next is known as well. */
  read(parts: readonly NumberedPart[], nowMs: number): boolean {
    let isKnown = true
    for (const [name, own] of Map.groupBy(parts.flatMap(bySession), ({ session }) => session)) {
      const known = this.#sessions.get(name)
      const isTrusted = known !== undefined && !known.isGivenUp
      if (isTrusted) {
        this.#add(name, known, own, nowMs)
        continue
      }
      isKnown = false
      const distrust = known?.distrust ?? noDistrust
      if (nowMs >= distrust.untilMs) this.#add(name, beginningWith(own, distrust), own, nowMs)
    }
    return isKnown
  }

  /** The time of the oldest record that is known to have an older one missing, µs; Infinity when nothing is missing. */
  aheadUs(nowMs: number, orderWaitMs: number): number {
    let oldestUs = Number.POSITIVE_INFINITY
    for (const session of this.#sessions.values()) {
      const first = firstAhead(session)
      if (first === undefined) continue
      if (nowMs - session.holeSinceMs >= orderWaitMs) giveUp(session, nowMs)
      else oldestUs = Math.min(oldestUs, first.timestamp)
    }
    return oldestUs
  }

  /** What is known does not count any more: more was read than was looked at. */
  forget(): void {
    this.#sessions.clear()
  }

  #add(name: string, session: Session, parts: readonly NumberedPart[], nowMs: number): void {
    this.#sessions.delete(name)
    this.#sessions.set(name, session)
    if (this.#sessions.size > maxSessions) this.#sessions.delete(this.#sessions.keys().next().value!)
    const hadHole = firstAhead(session) !== undefined
    for (const { partition, records } of parts) {
      const queue = session.ahead.get(partition) ?? new Queue()
      session.ahead.set(partition, queue)
      queue.add(records)
    }
    if (advance(session) || !hadHole) session.holeSinceMs = nowMs
  }
}

/** Records of one partition that wait for a smaller number. */
class Queue {
  #records: Numbered[] = []
  #at = 0

  get first(): Numbered | undefined {
    return this.#records[this.#at]
  }

  add(records: readonly Numbered[]): void {
    this.#records = [...this.#records.slice(this.#at), ...records]
    this.#at = 0
  }

  /** Leaves out all up to the first that does not stand in the row from `next` on; gives the number that is next then. */
  passFrom(next: number): number {
    let passed = next
    for (let first = this.first; first !== undefined && first.seq <= passed; first = this.first) {
      if (first.seq === passed) passed++
      this.#at++
    }
    return passed
  }
}

/** What was read of one partition, by session. */
function bySession({ partition, records }: NumberedPart): (NumberedPart & Pick<Numbered, 'session'>)[] {
  return [...Map.groupBy(records, ({ session }) => session)].map(([session, own]) => ({ session, partition, records: own }))
}

function beginningWith(parts: readonly NumberedPart[], distrust: Distrust): Session {
  const next = parts.reduce((least, { records }) => records.reduce((own, { seq }) => Math.min(own, seq), least), Number.POSITIVE_INFINITY)
  return { next, ahead: new Map(), holeSinceMs: 0, isGivenUp: false, distrust }
}

/** Goes on to the first number that is missing; true when that is another one. */
function advance(session: Session): boolean {
  const before = session.next
  let from: number
  do {
    from = session.next
    for (const queue of session.ahead.values()) session.next = queue.passFrom(session.next)
  } while (session.next !== from)
  return session.next !== before
}

/** The record with the smallest number behind the hole. */
function firstAhead({ ahead }: Session): Numbered | undefined {
  let first: Numbered | undefined
  for (const { first: own } of ahead.values()) if (own !== undefined && (first === undefined || own.seq < first.seq)) first = own
  return first
}

function giveUp(session: Session, nowMs: number): void {
  const { untilMs, forMs } = session.distrust
  const isAgain = nowMs - untilMs < distrustMs.max
  const nextMs = isAgain ? Math.min(distrustMs.max, forMs * 2) : distrustMs.min
  session.ahead.clear()
  session.isGivenUp = true
  session.distrust = { untilMs: nowMs + nextMs, forMs: nextMs }
}
