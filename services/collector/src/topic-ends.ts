/**
 * Where each partition ended when Kafka last acknowledged something, by `topic/partition`: what is in doubt after a crash or a failure stands behind that, whatever
 * time it has. Too low an offset costs reading, too high a one would cost a record that stands there twice.
 */
export class TopicEnds {
  #ends: Map<string, number> | undefined

  constructor(ends: Readonly<Record<string, number>> | undefined) {
    this.#ends = ends && new Map(Object.entries(ends))
  }

  /** Undefined while nothing was ever noted. */
  get known(): Readonly<Record<string, number>> | undefined {
    return this.#ends && Object.fromEntries(this.#ends)
  }

  /** These partitions end here now, higher or lower than before: a topic may have been made anew. */
  note(ends: ReadonlyMap<string, number>): void {
    this.#ends ??= new Map()
    for (const [key, offset] of ends) this.#ends.set(key, offset)
  }

  /** Nothing is in doubt any more that stands before these offsets. */
  raise(ends: ReadonlyMap<string, number>): void {
    this.note(new Map([...ends].filter(([key, offset]) => offset > (this.#ends?.get(key) ?? -1))))
  }
}
