import type { Poll, Publisher, TopicPartition } from '@tickhouse/bus'
import { entityOfTopic } from '@tickhouse/catalogue'
import { rest } from '@tickhouse/runtime'
import type { BufferUse, OldestRecord } from '../order/chunk.ts'
import type { TimeOrderLimits } from '../order/time-order.ts'
import { CommitTimer } from '../read/commit-timer.ts'
import type { Commits } from '../read/commits.ts'
import type { Counts } from './counts.ts'
import type { HeldDatasets } from './held-datasets.ts'
import { type BatchTrigger, Lane, type LaneDeps } from './lane.ts'
import { Memory, type MemoryLimits, RowBuffers } from './memory.ts'
import type { SinkTables } from './sink-tables.ts'
import { chooseTables, type WaitingTable, WriteBudget, type WriteLimits } from './write-policy.ts'

/** How much is in memory, and how often something is stored. */
export interface LaneLimits extends WriteLimits, MemoryLimits, Pick<TimeOrderLimits, 'orderWaitMs'> {
  readonly commitsPerSecond: number
}

/** What the lanes lead through. */
export interface LanesDeps {
  readonly tables: SinkTables
  readonly publisher: Publisher
  readonly commits: Commits
  readonly counts: Counts
  readonly held: HeldDatasets
  readonly limits: LaneLimits
  readonly onRows: LaneDeps['onRows']
}

/** A request of the collector brings records to several partitions; the first of them wait this long for the others. */
const settleMs = 10
/** Between two fetches records gather for about as long as a commit takes. */
const pauseMs = { min: 5, max: 20 }
/** A table counts as behind while so many more records are about to be read for it. */
const behindRecords = 5_000

/**
 * One lane for each table: records wait in it until they are in the order of their time and worth a commit, are encoded, stored, and then done. Tables are stored
 * beside each other, and none waits for another; `chooseTables` says which are next. Rows and records in memory are bounded: `wants` says what is to be read.
 */
export class Lanes {
  readonly #deps: LanesDeps
  readonly #laneDeps: LaneDeps
  readonly #lanes = new Map<string, Lane>()
  readonly #memory: Memory
  readonly #budget: WriteBudget
  readonly #committing: CommitTimer
  readonly #failed = new AbortController()
  readonly #running = new Set<Promise<void>>()
  #isClosing = false
  #timer: NodeJS.Timeout | undefined

  /** `deadline` ends what is under way when the sink is to stop. */
  constructor(deps: LanesDeps, deadline: AbortSignal) {
    const { limits, commits } = deps
    this.#deps = deps
    this.#memory = new Memory(limits)
    this.#budget = new WriteBudget(limits.commitsPerSecond)
    this.#committing = new CommitTimer(() => commits.flush())
    const onStored = (durationMs: number, rows: number) => {
      this.#budget.note(durationMs, rows)
      this.#committing.soon()
    }
    this.#laneDeps = { ...deps, memory: this.#memory, buffers: new RowBuffers(limits.maxBytes), onStored, deadline }
  }

  /** Aborts with the reason when a table can not be stored at all. */
  get failed(): AbortSignal {
    return this.#failed.signal
  }

  /**
   * Whether more of a partition is to be read: while there is room all that have not much waiting, so that none gets far ahead of the others. When
   * there is none only those that hold up what waits, as long as there is room for them.
   */
  wants({ topic, partition }: TopicPartition): boolean {
    const partitions = this.#lanes.get(topic)?.pending.partitions
    if (this.#memory.isFull) return partitions?.waitsFor(partition) === true && this.#canReadWaitedFor
    return partitions === undefined || partitions.bytesOf(partition) < this.#memory.aheadBytes
  }

  /** The oldest record of a partition that was read and is not stored; undefined when there is none. */
  oldest({ topic, partition }: TopicPartition): OldestRecord | undefined {
    return this.#lanes.get(topic)?.oldestOf(partition)
  }

  /** Takes over the records of a poll. */
  read(poll: Poll): void {
    this.#deps.commits.read(poll)
    this.#deps.counts.read(poll)
    const nowMs = performance.now()
    const shared: BufferUse = { bytes: 0, chunks: 0 }
    const parts = Map.groupBy(poll.partitions, ({ topic }) => topic)
    const progress = Map.groupBy(poll.progress, ({ topic }) => topic)
    for (const topic of new Set([...parts.keys(), ...progress.keys()]))
      this.#laneOf(topic).pending.read(parts.get(topic) ?? [], progress.get(topic) ?? [], poll, shared, nowMs)
    this.#memory.add(poll.bytes)
    this.#turn()
  }

  /** Resolves when it is time to read on: records had a moment to gather. */
  async pause(signal: AbortSignal): Promise<void> {
    await rest(Math.min(pauseMs.max, Math.max(pauseMs.min, this.#budget.commitMs)), signal)
  }

  /** Stores what is ready, and resolves when that is done and committed. Throws why a table could not be stored at all. */
  async close(): Promise<void> {
    this.#isClosing = true
    this.#turn()
    while (this.#running.size > 0) await Promise.all(this.#running)
    clearTimeout(this.#timer)
    this.#committing.close()
    this.failed.throwIfAborted()
    await this.#deps.commits.flush()
  }

  get #canReadWaitedFor(): boolean {
    const waitedFor = [...this.#lanes.values()].reduce((sum, { pending }) => sum + pending.partitions.waitedFor, 0)
    return this.#memory.hasRoomFor(waitedFor)
  }

  #laneOf(topic: string): Lane {
    const known = this.#lanes.get(topic)
    if (known !== undefined) return known
    const lane = new Lane(entityOfTopic(topic)!, { settleMs, orderWaitMs: this.#deps.limits.orderWaitMs }, this.#laneDeps)
    this.#lanes.set(topic, lane)
    return lane
  }

  /** Stores what is due, and looks again when something else is. */
  #turn(): void {
    clearTimeout(this.#timer)
    if (this.failed.aborted) return
    const nowMs = performance.now()
    const waiting = [...this.#lanes].flatMap(([topic, lane]) => this.#look(topic, lane, nowMs))
    if (this.#isStuck(waiting)) {
      this.#giveUpOrder()
      return
    }
    if (this.#isClosing) {
      for (const { topic, rows } of waiting) if (rows > 0) this.#begin(topic, 'stop', nowMs)
      return
    }
    const { commitMs, perSecond } = this.#budget
    const load = { commitMs, perSecond, budget: this.#budget.budgetAt(nowMs), isFull: this.#memory.isFull }
    const { now, againMs } = chooseTables(waiting, load, this.#deps.limits)
    // Asked before anything is taken: what is taken may have been held until then.
    const nextMs = waiting.reduce(
      (next, { topic }) => Math.min(next, this.#lanes.get(topic)!.pending.nextReleaseMs(nowMs) - nowMs),
      againMs,
    )
    for (const { topic, trigger } of now) this.#begin(topic, trigger, nowMs)
    if (nextMs < Number.POSITIVE_INFINITY) this.#timer = setTimeout(() => this.#turn(), Math.max(1, nextMs))
  }

  /** What waits in a lane to be stored; of one that is being stored the next batch is encoded when it is large enough. */
  #look(topic: string, lane: Lane, nowMs: number): WaitingTable[] {
    const { commits, limits } = this.#deps
    const { pending } = lane
    this.#memory.forget(pending.partitions.dropStale((place, poll) => commits.isStale(place, poll)))
    if (pending.partitions.isEmpty) return []
    const { rows, bytes, oldestReadAtMs } = pending.ready(nowMs)
    if (lane.isStoring) {
      if (bytes >= limits.fullBytes) lane.prepare(nowMs, limits.maxBytes / 2)
      return []
    }
    const isBehind = pending.partitions.comingAt(nowMs, this.#memory.aheadBytes) >= behindRecords
    return [{ topic, rows, bytes, oldestMs: nowMs - oldestReadAtMs, restedMs: nowMs - lane.storedAtMs, isBehind }]
  }

  /** Nothing is on its way, nothing may be stored, and nothing can be read that would change it. */
  #isStuck(waiting: readonly WaitingTable[]): boolean {
    if (!this.#memory.isFull || this.#running.size > 0 || waiting.length === 0) return false
    return waiting.every(({ rows }) => rows === 0) && !this.#canReadWaitedFor
  }

  #giveUpOrder(): void {
    for (const { pending } of this.#lanes.values()) pending.partitions.giveUpOrder()
    this.#turn()
  }

  #begin(topic: string, trigger: BatchTrigger, nowMs: number): void {
    this.#budget.spend(nowMs)
    const running = this.#lanes
      .get(topic)!
      .store(trigger, nowMs, this.#deps.limits.maxBytes / 2)
      .catch(error => this.#failed.abort(error))
      .finally(() => {
        this.#running.delete(running)
        this.#turn()
      })
    this.#running.add(running)
  }
}
