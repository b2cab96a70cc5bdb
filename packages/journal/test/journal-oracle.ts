import type { Loss } from '../src/index.ts'

/** An entry as it was handed to the journal; `id` rises from one to the next. */
export interface Appended {
  readonly id: number
  readonly session: string
  readonly timeUs: number
  readonly bytes: number
  readonly isRefused: boolean
}

/** What was read, in order: ids of entries, and places that could not be read. */
export type Reading = readonly (number | 'damage')[]

/** Knows what was done to a journal, and so what it must give back. Throws when it does not. */
export class JournalOracle {
  /** Ids that the last opening found, and what was appended since. */
  #found: readonly number[] = []
  #appended: Appended[] = []
  readonly #sessions = new Map<number, string>()
  /** Up to this id everything that was taken is forced to the disk. */
  #acknowledged = 0
  /** Up to this id sessions may have been removed. */
  #removable = 0
  /** What was refused since a loss was last told. */
  #refused: Appended[] = []
  readonly #followed: number[] = []

  append(entry: Appended): void {
    this.#appended.push(entry)
    this.#sessions.set(entry.id, entry.session)
    if (entry.isRefused) this.#refused.push(entry)
    else if (this.#refused.length > 0) throw new Error(`Entry ${entry.id} was taken before the loss of ${this.#refused[0]!.id} was told`)
  }

  /** The journal says what it lost: exactly what it refused, nothing of which was taken in between. */
  lose(loss: Loss): void {
    const refused = this.#refused
    this.#refused = []
    const bytes = refused.reduce((sum, entry) => sum + entry.bytes, 0)
    const expected = { entries: refused.length, bytes, fromUs: refused[0]?.timeUs, toUs: refused.at(-1)?.timeUs }
    const told = { entries: loss.entries, bytes: loss.bytes, fromUs: loss.fromUs, toUs: loss.toUs }
    if (JSON.stringify(told) !== JSON.stringify(expected)) throw new Error(`Told ${JSON.stringify(told)}, lost ${JSON.stringify(expected)}`)
  }

  get hasUntoldLoss(): boolean {
    return this.#refused.length > 0
  }

  /** The last id that was taken. */
  get lastTaken(): number {
    return this.#taken.at(-1) ?? 0
  }

  acknowledge(id: number): void {
    this.#acknowledged = Math.max(this.#acknowledged, id)
  }

  /** The reader that follows got these. */
  follow(ids: readonly number[]): void {
    for (const id of ids) {
      const last = this.#followed.at(-1) ?? 0
      if (id <= last) throw new Error(`The follower got ${id} after ${last}`)
      this.#followed.push(id)
    }
  }

  get lastFollowed(): number {
    return this.#followed.at(-1) ?? 0
  }

  /** Sessions that were followed to their end, before this one, may be removed from now on. */
  allowRemoval(current: string): void {
    for (const id of this.#followed) if (this.#sessions.get(id) !== current) this.#removable = id
  }

  get acknowledged(): number {
    return this.#acknowledged
  }

  /** What is in the files while the journal goes on: everything that was acknowledged when the reading began, perhaps more, without a hole. */
  expectNow(reading: Reading, acknowledged: number): void {
    this.#compare(reading, false, acknowledged)
  }

  /** Sessions are there whole or not at all. */
  expectWholeSessions(reading: Reading): void {
    const first = reading.find(item => item !== 'damage')
    const before = this.#taken.filter(id => first !== undefined && id < first).at(-1)
    if (before !== undefined && this.#sessions.get(before) === this.#sessions.get(first as number))
      throw new Error(`Entry ${before} was removed, ${first} of the same session was not`)
  }

  /** What was found after an end; what was not acknowledged may be missing, with damage in its place if something follows. From now on this must stay. */
  settle(reading: Reading, end: 'closed' | 'kill' | 'power loss'): void {
    if (end === 'closed') this.acknowledge(this.lastTaken)
    this.#compare(reading, end === 'power loss')
    this.#found = reading.filter(item => item !== 'damage')
    this.#appended = []
    this.#refused = []
    this.acknowledge(this.#found.at(-1) ?? 0)
  }

  /** Everything that was read was followed too. */
  expectFollowed(reading: Reading): void {
    const followed = new Set(this.#followed)
    for (const item of reading) if (item !== 'damage' && !followed.has(item)) throw new Error(`The follower did not get ${item}`)
  }

  get #taken(): number[] {
    return [...this.#found, ...this.#appended.filter(({ isRefused }) => !isRefused).map(({ id }) => id)]
  }

  #compare(reading: Reading, mayHaveHoles: boolean, acknowledged = this.#acknowledged): void {
    const taken = this.#taken
    let next = 0
    let isExcused = false
    for (const item of reading) {
      if (item === 'damage') isExcused = mayHaveHoles
      else {
        const at = taken.indexOf(item, next)
        if (at < 0) throw new Error(`Read ${item} where ${taken[next]} was expected`)
        this.#allowMissing(taken.slice(next, at), isExcused, acknowledged)
        next = at + 1
        isExcused = false
      }
    }
    this.#allowMissing(taken.slice(next), true, acknowledged)
  }

  #allowMissing(ids: readonly number[], isExcused: boolean, acknowledged: number): void {
    for (const id of ids) {
      if (id <= this.#removable) continue
      if (id <= acknowledged) throw new Error(`Entry ${id} was acknowledged and is missing`)
      if (!isExcused) throw new Error(`Entry ${id} is missing before others, and nothing says so`)
    }
  }
}
