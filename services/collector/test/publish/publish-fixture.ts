import type { Bus } from '@tickhouse/bus'
import { Checkpoint, type Journal, openJournal } from '@tickhouse/journal'
import { type Clock, systemClock } from '@tickhouse/runtime'
import { publish } from '../../src/collect.ts'
import { Counts } from '../../src/counts/counts.ts'
import { ItemFlow, type ItemObserver } from '../../src/counts/item-flow.ts'
import { FeedLog } from '../../src/journal/feed-log.ts'
import type { PublishPoint } from '../../src/publish/publish-point.ts'
import { Publishing } from '../../src/publish/publishing.ts'
import { log } from '../feed-fixture.ts'
import { emptyTradeFrame, tradeFrame } from '../scripted-venue.ts'
import type { MemoryBus } from './memory-bus.ts'

/** What is registered besides the items that are captured. */
const watched = { groupNumber: '1', types: ['0B'], items: ['005930', '005931', '999999'] }

/** One life of a collector's publishing half on a folder: the journal as an earlier life left it, and a bus. */
export class PublishingLife {
  readonly journal: Journal
  readonly feedLog: FeedLog
  readonly publishing: Publishing
  readonly counts: Counts
  readonly checkpoint: Checkpoint<PublishPoint>
  readonly running: Promise<void>
  readonly #stop = new AbortController()
  readonly #totals = new Map<string, number>()
  readonly #observer: ItemObserver = {
    silent: (item, session) => this.feedLog.silent(item, session),
    spoke: (item, session, timestampUs) => this.feedLog.spoke(item, session, timestampUs),
    refused: () => [],
  }

  private constructor(journal: Journal, checkpoint: Checkpoint<PublishPoint>, bus: MemoryBus, clock: Clock) {
    this.journal = journal
    this.checkpoint = checkpoint
    this.counts = new Counts(log, new ItemFlow([watched], 900_000, this.#observer, log))
    const identity = { environment: 'simulator', collector: 'test' }
    this.feedLog = new FeedLog({ journal, identity, clock, log, onGap: () => {} })
    this.feedLog.resume(journal.recovered.last, journal.recovered.truncatedBytes)
    const deps = { journal, checkpoint, bus: bus as unknown as Bus, log, lingerMs: 0, lookEveryMs: 100, observer: this.counts }
    this.publishing = new Publishing(deps)
    this.running = publish(this.publishing, this.#stop.signal)
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
  captureTrade(item: string, total: number, timeUs = this.feedLog.now()): void {
    this.#totals.set(item, total)
    this.journal.append('frame', timeUs, Buffer.from(tradeFrame(total, item)))
  }

  /** Captures a trade without values, which becomes a dead letter. */
  captureEmpty(): void {
    this.journal.append('frame', this.feedLog.now(), Buffer.from(emptyTradeFrame))
  }

  /** Ends as a killed process does: what is published is not in the checkpoint file, unless it happened to be written before. */
  async crash({ checkpointed = false } = {}): Promise<void> {
    if (checkpointed) await this.checkpoint.flush()
    await this.#stopPublishing(0)
    await this.journal.close()
  }

  /** Ends as a process does that was asked to. */
  async stop(): Promise<void> {
    this.feedLog.close({ fromUs: this.feedLog.now(), reason: 'stopped', evidence: 'test' })
    await this.#stopPublishing(5_000)
    await this.checkpoint.close()
    await this.journal.close()
  }

  async #stopPublishing(maxMs: number): Promise<void> {
    await this.publishing.drained(maxMs)
    this.#stop.abort()
    await this.running.catch(() => {})
  }
}
