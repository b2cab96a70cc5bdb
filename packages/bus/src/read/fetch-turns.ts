import type { FetchPosition } from '../kafkajs/index.ts'
import type { TopicPartition } from '../records.ts'

/** A topic of which nothing came for so long is asked less often while others flow … */
const restsAfterMs = 300
/** … but at least once in this time. */
const askedEveryMs = 100

interface Turn {
  askedAtMs: number
  cameAtMs: number
}

/**
 * Which partitions a fetch asks for. Kafka looks into each of them, so while some topics flow those that rest are asked in some fetches only; when all rest,
 * one fetch waits for all. Topics go in and out of a fetch as a whole. Those that got nothing for the longest time stand first, because Kafka fills an answer in
 * the order asked.
 */
export class FetchTurns {
  readonly #turns = new Map<string, Turn>()

  choose(positions: readonly FetchPosition[], isWanted: (place: TopicPartition) => boolean, nowMs = performance.now()): FetchPosition[] {
    const wanted = positions.filter(isWanted)
    const topics = [...new Set(wanted.map(({ topic }) => topic))]
    const isFlowing = (topic: string) => nowMs - this.#turnOf(topic).cameAtMs < restsAfterMs
    const doAllRest = !topics.some(isFlowing)
    const isDue = (topic: string) => doAllRest || isFlowing(topic) || nowMs - this.#turnOf(topic).askedAtMs >= askedEveryMs
    const due = topics.filter(isDue).sort((a, b) => this.#turnOf(a).cameAtMs - this.#turnOf(b).cameAtMs)
    for (const topic of due) this.#turnOf(topic).askedAtMs = nowMs
    const places = Map.groupBy(wanted, ({ topic }) => topic)
    return due.flatMap(topic => places.get(topic)!)
  }

  /** Notes of which topics something came. */
  came(parts: readonly { readonly topic: string; readonly bytes: number }[], nowMs = performance.now()): void {
    for (const { topic, bytes } of parts) if (bytes > 0) this.#turnOf(topic).cameAtMs = nowMs
  }

  #turnOf(topic: string): Turn {
    const turn = this.#turns.get(topic) ?? { askedAtMs: Number.NEGATIVE_INFINITY, cameAtMs: Number.NEGATIVE_INFINITY }
    this.#turns.set(topic, turn)
    return turn
  }
}

/** How much the last fetch counts in what was known before. */
const newest = 0.2
/** A fetch asks for at least one batch of a partition, however well its records compress. */
const maxFactor = 64

/** How much larger the records of each topic are than what Kafka sends of them, as lately read. */
export class TopicPacking {
  readonly #factors = new Map<string, number>()

  note({ topic, bytes, packedBytes }: { readonly topic: string; readonly bytes: number; readonly packedBytes: number }): void {
    if (bytes === 0 || packedBytes === 0) return
    const factor = Math.min(maxFactor, Math.max(1, bytes / packedBytes))
    const known = this.#factors.get(topic) ?? factor
    this.#factors.set(topic, known * (1 - newest) + factor * newest)
  }

  /** 1 for a topic that nobody packs, or of which nothing came. */
  factorOf(topic: string): number {
    return this.#factors.get(topic) ?? 1
  }
}
