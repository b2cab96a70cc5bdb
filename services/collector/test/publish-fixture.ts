import type { Bus } from '@tickhouse/bus'
import { Checkpoint, type Journal, openJournal } from '@tickhouse/journal'
import { type Clock, systemClock } from '@tickhouse/runtime'
import { FeedLog } from '../src/feed-log.ts'
import { ItemFlow } from '../src/item-flow.ts'
import { Publishing } from '../src/publish.ts'
import type { PublishPoint } from '../src/publish-point.ts'
import { Tally } from '../src/tally.ts'
import { log } from './feed-fixture.ts'
import type { MemoryBus } from './memory-bus.ts'
import { emptyTradeFrame, tradeFrame } from './scripted-venue.ts'

/** One life of a collector's publishing half on a folder: the journal as an earlier life left it, and a bus. */
export class PublishingLife {
  readonly journal: Journal
  readonly feedLog: FeedLog
  readonly publishing: Publishing
  readonly tally: Tally
  readonly checkpoint: Checkpoint<PublishPoint>
  readonly running: Promise<void>
  readonly #totals = new Map<string, number>()

  private constructor(journal: Journal, checkpoint: Checkpoint<PublishPoint>, bus: MemoryBus, clock: Clock) {
    this.journal = journal
    this.checkpoint = checkpoint
    this.tally = new Tally(log, new ItemFlow([], 900_000, { silent: () => {}, spoke: () => {}, refused: () => [] }, log))
    const identity = { environment: 'simulator', collector: 'test' }
    this.feedLog = new FeedLog({ journal, identity, clock, log, onGap: () => {} })
    this.feedLog.resume(journal.recovered.last, journal.recovered.truncatedBytes)
    const parts = { journal, checkpoint, bus: bus as unknown as Bus, log, lingerMs: 0, lookEveryMs: 100, observer: this.tally }
    this.publishing = new Publishing(parts)
    this.running = this.publishing.run()
  }

  static async begin(directory: string, bus: MemoryBus, clock = systemClock): Promise<PublishingLife> {
    const journal = await openJournal({ directory, log, fsyncMs: 1_000, onLoss: () => {} })
    const checkpoint = await Checkpoint.open<PublishPoint>({ path: `${directory}/checkpoint.json`, log, everyMs: 3_600_000 })
    return new PublishingLife(journal, checkpoint, bus, clock)
  }

  /** Captures so many trades in the open session. */
  capture(count: number): void {
    for (let index = 0; index < count; index++) {
      const item = `00${5930 + (index % 3)}`
      this.captureTrade(item, (this.#totals.get(item) ?? 0) + 1)
    }
  }

  /** Captures a trade of one share, after which the cumulative volume is `total`. */
  captureTrade(item: string, total: number): void {
    this.#totals.set(item, total)
    this.journal.append('frame', this.feedLog.now(), Buffer.from(tradeFrame(total, item)))
  }

  /** Captures a trade without values, which becomes a dead letter. */
  captureEmpty(): void {
    this.journal.append('frame', this.feedLog.now(), Buffer.from(emptyTradeFrame))
  }

  /** Ends as a killed process does: what is published is not in the checkpoint file, unless it happened to be written before. */
  async crash({ checkpointed = false } = {}): Promise<void> {
    if (checkpointed) await this.checkpoint.flush()
    await this.publishing.close(0)
    await this.journal.close()
  }

  /** Ends as a process does that was asked to. */
  async stop(): Promise<void> {
    this.feedLog.close({ fromUs: this.feedLog.now(), reason: 'stopped', evidence: 'test' })
    await this.publishing.close(5_000)
    await this.checkpoint.close()
    await this.journal.close()
  }
}
