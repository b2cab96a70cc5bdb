/** How much the last fetch counts. */
const newest = 0.2
/** More is not asked for because of what a few repetitive records have shown. */
const most = 16

/** How much larger the records of each topic are than what Kafka sends of them, as lately read. */
export class TopicPacking {
  readonly #factors = new Map<string, number>()

  note({ topic, bytes, packedBytes }: { readonly topic: string; readonly bytes: number; readonly packedBytes: number }): void {
    if (bytes === 0 || packedBytes === 0) return
    const factor = Math.min(most, Math.max(1, bytes / packedBytes))
    this.#factors.set(topic, this.factorOf(topic) * (1 - newest) + factor * newest)
  }

  /** 1 for a topic that nobody packs, or of which nothing came. */
  factorOf(topic: string): number {
    return this.#factors.get(topic) ?? 1
  }
}
