import type { PartitionEnds } from './position.ts'

/** What tells when marks may be judged. */
export interface SettlingDeps<Marks> {
  /** How far all that was read has come. */
  marks(): Marks
  /** Asks Kafka for the ends of every topic. */
  ends(): Promise<ReadonlyMap<string, readonly PartitionEnds[]>>
  isReadTo(topic: string, partition: number, offset: number): boolean
}

/**
 * Finds when everything is read that had been published when some marks were made, and a settling time more.
 *
 * Each `ask` makes marks. The next one, a settling time later, asks for the ends: whatever was on its way when the marks were made is before them. Once all of
 * that is read, the marks are due.
 */
export class Settling<Marks> {
  readonly #deps: SettlingDeps<Marks>
  #marks: Marks | undefined
  #check: { readonly marks: Marks; readonly ends: ReadonlyMap<string, readonly PartitionEnds[]> } | undefined

  constructor(deps: SettlingDeps<Marks>) {
    this.#deps = deps
  }

  /** To be called once in a settling time. Of a Kafka that cannot say what it has nothing can be judged: then it rejects, and begins anew. */
  async ask(): Promise<void> {
    if (this.#check !== undefined) return
    const [settled, marks] = [this.#marks, this.#deps.marks()]
    this.#marks = undefined
    const ends = await this.#deps.ends()
    this.#marks = marks
    if (settled !== undefined) this.#check = { marks: settled, ends }
  }

  /** Marks that may be judged now; each once. */
  due(): Marks | undefined {
    if (this.#check === undefined) return undefined
    const { marks, ends } = this.#check
    const isRead = [...ends].every(([topic, ofTopic]) =>
      ofTopic.every(({ partition, high }) => this.#deps.isReadTo(topic, partition, high)),
    )
    if (!isRead) return undefined
    this.#check = undefined
    return marks
  }
}
