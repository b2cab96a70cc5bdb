import { type Checkpoint, comparePositions, type JournalSource, type Position } from '@tickhouse/journal'
import type { Logger } from '@tickhouse/runtime'
import type { Batch, Reach } from './batch.ts'
import { HeldDatasets } from './held-datasets.ts'
import type { JournalPoint, PublishPoint } from './publish-point.ts'
import { checkpointWithin, type Recovery } from './recover.ts'

/** How far publishing has come, kept in the checkpoint: the front of the datasets that flow, what is behind it, and where the topics ended. */
export class PublishProgress {
  readonly held: HeldDatasets
  readonly ends: TopicEnds
  readonly #checkpoint: Checkpoint<PublishPoint>
  #front: JournalPoint
  /** Where the topics ended when they were looked at, and up to where the journal was in doubt then. */
  #looked: { readonly ends: ReadonlyMap<string, number>; readonly doubtfulTo: Position } | undefined

  constructor({ journal, checkpoint, log }: { journal: JournalSource; checkpoint: Checkpoint<PublishPoint>; log: Logger }) {
    const point = checkpointWithin({ journal, log }, checkpoint.value)
    this.#checkpoint = checkpoint
    this.#front = point.front ?? { position: point.position, session: point.session, state: point.state }
    this.held = new HeldDatasets(point.behind)
    this.ends = new TopicEnds(point.ends)
  }

  /** Kafka has acknowledged everything before this point, but for the datasets that are behind. */
  get front(): JournalPoint {
    return this.#front
  }

  /** The topics were looked at, and nothing is sent before that is in the file: only so is what a crash leaves in doubt found for certain. */
  async begin({ lookedUp, backlog }: Recovery): Promise<void> {
    this.ends.note(lookedUp.starts)
    this.#looked = { ends: lookedUp.ends, doubtfulTo: backlog.end }
    this.#keep()
    await this.#checkpoint.flush()
  }

  /** Kafka has acknowledged a batch. */
  acknowledged({ passed, records }: Batch, { point, isFront, late }: Reach): void {
    if (isFront) this.#front = point
    this.held.passed(passed)
    this.held.caughtUp(late, point, this.#front, records)
    if (isFront) this.#forgetDoubt()
    this.#keep()
  }

  /** Once all is acknowledged that was in doubt, the next look need not begin before it. */
  #forgetDoubt(): void {
    if (this.#looked === undefined || comparePositions(this.#front.position, this.#looked.doubtfulTo) < 0) return
    this.ends.raise(this.#looked.ends)
    this.#looked = undefined
  }

  /** What is not acknowledged lies behind the lowest point: whoever keeps or removes journals goes by that one. */
  #keep(): void {
    const ends = this.ends.known ?? {}
    const behind = this.held.behind()
    const [lowest] = behind
    this.#checkpoint.moveTo(lowest === undefined ? { ...this.#front, ends } : { ...lowest.point, ends, front: this.#front, behind })
  }
}

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
