import type { Publisher, Round, TopicPartition } from '@tickhouse/bus'
import { type Entity, entityOfTopic } from '@tickhouse/catalogue'
import { delay } from '@tickhouse/runtime'
import type { RowBuffer } from '@tickhouse/store'
import { CommitBudget, type CommitLimits, type CommitTrigger, chooseTables, type WaitingTable } from './commit-policy.ts'
import type { Commits } from './commits.ts'
import type { HeldDatasets } from './held-datasets.ts'
import type { Ledger } from './ledger.ts'
import { type OldestRecord, type Parcel, PendingRecords, type Taken } from './pending.ts'
import { RowBuffers } from './row-buffers.ts'
import type { TableRows } from './rows.ts'
import { storeTable } from './store-table.ts'
import type { SinkTables } from './tables.ts'
import type { TimeOrderLimits } from './time-order.ts'

/** How much is in memory, and how often something is stored. */
export interface LaneLimits extends CommitLimits, Pick<TimeOrderLimits, 'holdMs'> {
  /** While so much is in memory nothing is read but what the rest waits for. */
  readonly maxBytes: number
  /** A fetch brings so much of a partition at most; nothing is read of one of which a quarter of that waits. */
  readonly maxBytesPerPartition: number
  readonly commitsPerSecond: number
}

/** What the lanes lead through. */
export interface LaneParts {
  readonly tables: SinkTables
  readonly publisher: Publisher
  readonly commits: Commits
  readonly ledger: Ledger
  readonly held: HeldDatasets
  readonly limits: LaneLimits
}

/** Rows that are ready to be sent. */
interface Batch {
  readonly taken: Taken
  readonly rows: TableRows
  readonly buffer: RowBuffer
}

/** What waits for one table, and what is on its way there. */
interface Lane {
  readonly entity: Entity
  readonly pending: PendingRecords
  storing: Taken | undefined
  /** Encoded while the one before it is being stored. */
  next: Batch | undefined
  storedAtMs: number
  /** Time of the newest row that was sent, µs. */
  newestUs: number
}

/** What a request brings to one partition is soon followed by what it brings to the others. */
const settleMs = 10
/** Offsets are committed this often. */
const commitEveryMs = 250
/** Between two fetches records gather for about as long as a commit takes. */
const pauseMs = { least: 5, most: 20 }
/** What a partition may have waiting to be read on, as a part of what it may have. */
const aheadPart = 0.25
/** What may be read when there is no room, as a part of what may be in memory. */
const reserve = 0.5
/** A table counts as behind while so many more records are about to be read for it. */
const behindRecords = 5_000

/**
 * One lane for each table: records wait in it until they are in the order of their time and worth a commit, are encoded, stored, and then done. Tables are stored
 * beside each other, and none waits for another; `chooseTables` says which are next. Rows and records in memory are bounded: `wants` says what is to be read.
 */
export class Lanes {
  readonly #parts: LaneParts
  readonly #patience: AbortSignal
  readonly #lanes = new Map<string, Lane>()
  readonly #budget: CommitBudget
  readonly #buffers: RowBuffers
  readonly #failed = new AbortController()
  readonly #running = new Set<Promise<void>>()
  #bytes = 0
  #isClosing = false
  #timer: NodeJS.Timeout | undefined
  #committing: NodeJS.Timeout | undefined
  #isUncommitted = false

  constructor(parts: LaneParts, patience: AbortSignal) {
    this.#parts = parts
    this.#patience = patience
    this.#budget = new CommitBudget(parts.limits.commitsPerSecond)
    this.#buffers = new RowBuffers(parts.limits.maxBytes)
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
    const { maxBytesPerPartition } = this.#parts.limits
    const pending = this.#lanes.get(topic)?.pending
    if (this.#isFull) return pending?.waitsFor(partition) === true && this.#canReadWaitedFor
    return pending === undefined || pending.bytesOf(partition) < maxBytesPerPartition * aheadPart
  }

  /** The oldest record of a partition that was read and is not stored; undefined when there is none. */
  oldest({ topic, partition }: TopicPartition): OldestRecord | undefined {
    const lane = this.#lanes.get(topic)
    const isOfPartition = (place: TopicPartition) => place.partition === partition
    return (lane?.storing ?? lane?.next?.taken)?.places.find(isOfPartition)?.oldest ?? lane?.pending.oldestOf(partition)
  }

  /** Takes over what a round brought. */
  read(round: Round): void {
    const { commits, ledger } = this.#parts
    commits.read(round)
    ledger.read(round)
    const nowMs = performance.now()
    const shared: Parcel = { bytes: 0, chunks: 0 }
    const parts = Map.groupBy(round.partitions, ({ topic }) => topic)
    const progress = Map.groupBy(round.progress, ({ topic }) => topic)
    for (const topic of new Set([...parts.keys(), ...progress.keys()]))
      this.#laneOf(topic).pending.read(parts.get(topic) ?? [], progress.get(topic) ?? [], round, shared, nowMs)
    this.#bytes += round.bytes
    this.#turn()
  }

  /** Resolves when it is time to read on: records had a moment to gather. */
  async pause(signal: AbortSignal): Promise<void> {
    const { least, most } = pauseMs
    await delay(Math.min(most, Math.max(least, this.#budget.commitMs)), signal).catch(() => {})
  }

  /** Stores what is ready, and resolves when that is done and committed. Throws why a table could not be stored at all. */
  async close(): Promise<void> {
    this.#isClosing = true
    this.#turn()
    while (this.#running.size > 0) await Promise.all(this.#running)
    clearTimeout(this.#timer)
    clearTimeout(this.#committing)
    this.failed.throwIfAborted()
    await this.#parts.commits.flush()
  }

  get #isFull(): boolean {
    return this.#bytes >= this.#parts.limits.maxBytes
  }

  /** All partitions that are waited for fit into what is left for them. */
  get #canReadWaitedFor(): boolean {
    const { maxBytes, maxBytesPerPartition } = this.#parts.limits
    const partitions = [...this.#lanes.values()].reduce((sum, { pending }) => sum + pending.waitedFor, 0)
    return partitions > 0 && this.#bytes + partitions * maxBytesPerPartition <= maxBytes * (1 + reserve)
  }

  #laneOf(topic: string): Lane {
    const known = this.#lanes.get(topic)
    if (known !== undefined) return known
    const pending = new PendingRecords(topic, { settleMs, holdMs: this.#parts.limits.holdMs })
    const entity = entityOfTopic(topic)!
    const never = Number.NEGATIVE_INFINITY
    const lane: Lane = { entity, pending, storing: undefined, next: undefined, storedAtMs: never, newestUs: never }
    this.#lanes.set(topic, lane)
    return lane
  }

  /** Stores what is due, and looks again when something else is. */
  #turn(): void {
    clearTimeout(this.#timer)
    if (this.failed.aborted) return
    const { commits, limits } = this.#parts
    const nowMs = performance.now()
    const waiting: WaitingTable[] = []
    let againMs = Number.POSITIVE_INFINITY
    for (const [topic, lane] of this.#lanes) {
      this.#forget(lane.pending.dropStale((place, round) => commits.isStale(place, round)))
      if (lane.pending.isEmpty) continue
      const ready = lane.pending.ready(nowMs)
      if (lane.storing !== undefined) {
        if (lane.next === undefined && ready.bytes >= limits.fullBytes) lane.next = this.#encode(lane, nowMs)
        continue
      }
      againMs = Math.min(againMs, lane.pending.nextReleaseMs(nowMs) - nowMs)
      waiting.push({
        name: topic,
        rows: ready.rows,
        bytes: ready.bytes,
        oldestMs: nowMs - ready.oldestReadAtMs,
        restedMs: nowMs - lane.storedAtMs,
        isBehind: lane.pending.comingAt(nowMs, limits.maxBytesPerPartition * aheadPart) >= behindRecords,
      })
    }
    if (this.#isStuck(waiting)) {
      this.#giveUpOrder()
      return
    }
    if (this.#isClosing) {
      for (const { name, rows } of waiting) if (rows > 0) this.#begin(name, 'stop', nowMs)
      return
    }
    const { commitMs, perSecond } = this.#budget
    const load = { commitMs, perSecond, budget: this.#budget.budgetAt(nowMs), isFull: this.#isFull }
    const choice = chooseTables(waiting, load, limits)
    for (const { name, trigger } of choice.now) this.#begin(name, trigger, nowMs)
    againMs = Math.min(againMs, choice.againMs)
    if (againMs < Number.POSITIVE_INFINITY) this.#timer = setTimeout(() => this.#turn(), Math.max(1, againMs))
  }

  /** Nothing is on its way, nothing may be stored, and nothing can be read that would change it. */
  #isStuck(waiting: readonly WaitingTable[]): boolean {
    return (
      this.#isFull && this.#running.size === 0 && waiting.length > 0 && waiting.every(({ rows }) => rows === 0) && !this.#canReadWaitedFor
    )
  }

  #giveUpOrder(): void {
    for (const { pending } of this.#lanes.values()) pending.giveUpOrder()
    this.#turn()
  }

  #encode(lane: Lane, nowMs: number): Batch {
    const taken = lane.pending.take(nowMs, this.#parts.limits.maxBytes / 2)
    for (const { bytes } of taken.kept) this.#bytes += bytes
    const buffer = this.#buffers.take(taken.parts.reduce((sum, { bytes }) => sum + bytes, 0))
    return { taken, rows: this.#parts.tables.rowsOf(lane.entity, taken.parts, buffer), buffer }
  }

  #begin(topic: string, trigger: CommitTrigger | 'stop', nowMs: number): void {
    const lane = this.#lanes.get(topic)!
    this.#budget.spend(nowMs)
    const running = this.#store(lane, this.#encode(lane, nowMs), trigger)
      .catch(error => this.#failed.abort(error))
      .finally(() => {
        this.#running.delete(running)
        this.#turn()
      })
    this.#running.add(running)
  }

  /** Stores a batch, and the next one as long as there is one by then. */
  async #store(lane: Lane, first: Batch, trigger: CommitTrigger | 'stop'): Promise<void> {
    const { held, commits, ledger } = this.#parts
    let why: CommitTrigger | 'stop' = trigger
    for (let batch: Batch | undefined = first; batch !== undefined; batch = lane.next, lane.next = undefined, why = 'full') {
      const { taken, rows } = batch
      lane.storing = taken
      const startedAtMs = performance.now()
      ledger.batch(why, lane.entity.name, lateRows(rows, lane.newestUs))
      try {
        const last = await held.store(rows, (signal, pending) => storeTable(rows, this.#parts, signal, pending), this.#patience)
        lane.storedAtMs = performance.now()
        if (last !== undefined) {
          lane.newestUs = Math.max(lane.newestUs, rows.timestamps.at(-1) ?? Number.NEGATIVE_INFINITY)
          this.#budget.note(lane.storedAtMs - startedAtMs, rows.rows.rowCount)
          commits.stored(taken.places, last)
          this.#commitSoon()
        } else this.#dropNext(lane)
      } finally {
        lane.storing = undefined
        this.#buffers.give(batch.buffer)
        this.#forget(taken.parcels)
      }
    }
  }

  /** Its dataset is held: what was encoded is read again. */
  #dropNext(lane: Lane): void {
    if (lane.next === undefined) return
    this.#buffers.give(lane.next.buffer)
    this.#forget(lane.next.taken.parcels)
    lane.next = undefined
  }

  #commitSoon(): void {
    this.#isUncommitted = true
    this.#committing ??= setTimeout(async () => {
      this.#isUncommitted = false
      const isDone = await this.#parts.commits.flush()
      this.#committing = undefined
      if ((this.#isUncommitted || !isDone) && !this.#isClosing) this.#commitSoon()
    }, commitEveryMs)
  }

  /** What is done, or comes again, leaves the memory once all that came with it does. */
  #forget(parcels: readonly Parcel[]): void {
    for (const parcel of parcels) if (--parcel.chunks === 0) this.#bytes -= parcel.bytes
  }
}

/** How many rows are older than what was stored before them; rows stand in the order of their time. */
function lateRows({ timestamps }: TableRows, newestUs: number): number {
  const first = timestamps.findIndex(timestamp => timestamp >= newestUs)
  return first < 0 ? timestamps.length : first
}
