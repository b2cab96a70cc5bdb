/** Topics that are not to be read for a while; each hold is a turn of its own, so that what was read before it is known by it. */
export class HeldTopics {
  readonly #held = new Set<string>()
  readonly #turns = new Map<string, number>()

  has(topic: string): boolean {
    return this.#held.has(topic)
  }

  hold(topic: string): void {
    this.#held.add(topic)
    this.#turns.set(topic, this.turnOf(topic) + 1)
  }

  release(topic: string): void {
    this.#held.delete(topic)
  }

  /** How often the topic was held so far. */
  turnOf(topic: string): number {
    return this.#turns.get(topic) ?? 0
  }
}
