/** How much the last fetch counts in what was known before. */
const newest = 0.2
/** A fetch asks for at least one batch of a partition, however well its records compress. */
const most = 64

/** How much larger the records of each topic are than what Kafka sends of them, as lately read. */
export class TopicPacking {
  readonly #factors = new Map<string, number>()

  note({ topic, bytes, packedBytes }: { readonly topic: string; readonly bytes: number; readonly packedBytes: number }): void {
    if (bytes === 0 || packedBytes === 0) return
    const factor = Math.min(most, Math.max(1, bytes / packedBytes))
    const known = this.#factors.get(topic) ?? factor
    this.#factors.set(topic, known * (1 - newest) + factor * newest)
  }

  /** 1 for a topic that nobody packs, or of which nothing came. */
  factorOf(topic: string): number {
    return this.#factors.get(topic) ?? 1
  }
}
