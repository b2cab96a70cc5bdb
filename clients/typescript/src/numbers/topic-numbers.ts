import { type NumberRange, SeenNumbers } from './seen-numbers.ts'

/** What numbers a record. */
interface Numbered {
  readonly session: string
  readonly seq: number
  readonly timestamp: number
}

/** Numbers of a session of which the topic has no record; `isExplained`: a dead letter stands for them. */
export interface Jump {
  readonly session: string
  readonly range: NumberRange
  readonly isExplained: boolean
}

/** A session's numbers in one topic. */
interface SessionNumbers {
  readonly seen: SeenNumbers
  /** Numbers that a dead letter has. */
  readonly explained: SeenNumbers
  /** The first number that each partition showed; undefined while it has shown none. */
  readonly firsts: (number | undefined)[]
  judgedTo: number
}

/** Sessions beyond this are forgotten, the oldest first. */
const maxSessions = 1_000
/** A record so much older than its neighbours was published late, as a retried dead letter is: what lies before it in its session is elsewhere. */
const lateUs = 60_000_000

/**
 * The numbers of one dataset, by session: drops repeats, and finds jumps.
 *
 * A session numbers the records of a dataset 1, 2, 3 …, and a topic spreads them over its partitions by symbol. So a hole in what one partition shows means
 * nothing, and a hole over all partitions means something only where each of them has been read from before it to behind it:
 * - *from before it*: the partition was read from its very beginning, or has shown an earlier number of the session;
 * - *to behind it*: the caller says so, by `judge`.
 */
export class TopicNumbers {
  /** Repeats that were dropped. */
  repeats = 0
  readonly #sessions = new Map<string, SessionNumbers>()
  /** By partition: the offset at which reading began, and the newest record. */
  readonly #begins: readonly (number | undefined)[]
  readonly #newest: number[] = []

  /** The offset at which reading of each partition begins; undefined for one that somebody else reads: then nothing is judged. */
  constructor(begins: readonly (number | undefined)[]) {
    this.#begins = begins
  }

  /** False for a record that was there before. */
  take(partition: number, { session, seq, timestamp }: Numbered): boolean {
    const numbers = this.#numbersOf(session)
    const newest = this.#newest[partition] ?? 0
    if (timestamp >= newest - lateUs) {
      numbers.firsts[partition] ??= seq
      this.#newest[partition] = Math.max(newest, timestamp)
    }
    const isNew = numbers.seen.add(seq)
    if (!isNew) this.repeats++
    return isNew
  }

  /** A dead letter stands for this number. */
  explain(session: string, seq: number): void {
    this.#numbersOf(session).explained.add(seq)
  }

  /** The highest number of each session so far. */
  marks(): ReadonlyMap<string, number> {
    return new Map([...this.#sessions].map(([session, { seen }]) => [session, seen.highest]))
  }

  /** The jumps up to these marks that were not told before. To be called when every partition has been read to behind the marks. */
  judge(marks: ReadonlyMap<string, number>): Jump[] {
    return [...marks].flatMap(([session, mark]) => {
      const numbers = this.#sessions.get(session)
      if (numbers === undefined) return []
      const from = Math.max(numbers.judgedTo, this.#coveredFrom(numbers)) + 1
      if (from > mark) return []
      numbers.judgedTo = mark
      return numbers.seen.missing(from, mark).flatMap(range => split(session, range, numbers.explained))
    })
  }

  /** The number after which every partition was read; infinite while that is not known of one. */
  #coveredFrom({ firsts }: SessionNumbers): number {
    return Math.max(0, ...this.#begins.map((begin, partition) => (begin === 0 ? 0 : (firsts[partition] ?? Number.POSITIVE_INFINITY))))
  }

  #numbersOf(session: string): SessionNumbers {
    let numbers = this.#sessions.get(session)
    if (numbers === undefined) {
      numbers = { seen: new SeenNumbers(), explained: new SeenNumbers(), firsts: this.#begins.map(() => undefined), judgedTo: 0 }
      this.#sessions.set(session, numbers)
      if (this.#sessions.size > maxSessions) this.#sessions.delete(this.#sessions.keys().next().value!)
    }
    return numbers
  }
}

/** Divides what is missing into what dead letters explain and what nothing does. */
function split(session: string, [from, to]: NumberRange, explained: SeenNumbers): Jump[] {
  const unexplained = explained.missing(from, to)
  const jumps: Jump[] = []
  let next = from
  for (const range of unexplained) {
    if (range[0] > next) jumps.push({ session, range: [next, range[0] - 1], isExplained: true })
    jumps.push({ session, range, isExplained: false })
    next = range[1] + 1
  }
  if (next <= to) jumps.push({ session, range: [next, to], isExplained: true })
  return jumps
}
