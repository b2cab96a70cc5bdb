import type { GroupReader } from '@tickhouse/bus'
import type { Entity } from '@tickhouse/catalogue'
import { delay, isAbort, type Logger, messageOf, retry } from '@tickhouse/runtime'
import type { RowBuffer } from '@tickhouse/store'
import type { TableRows } from './rows.ts'
import type { SinkTables } from './sink-tables.ts'
import type { WriteReports } from './write-reports.ts'

/** A dataset that is not stored at the moment, so that the others are. */
export interface HeldDataset {
  readonly dataset: string
  /** What QuestDB says, or what else is waited for. */
  readonly reason: string
  /** By the monotonic clock, as all times here. */
  readonly sinceMs: number
}

/** What holding needs. */
export interface HoldingDeps {
  readonly reader: Pick<GroupReader, 'hold' | 'release'>
  readonly tables: Pick<SinkTables, 'writerOf'>
  readonly reports: Pick<WriteReports, 'blameOn' | 'forget'>
  readonly log: Logger
  /** Ends the trying. */
  readonly signal: AbortSignal
  /** How long a table's rows may wait before they hold up no one else; 3 s by default. */
  readonly graceMs?: number
}

/** A table whose rows are on their way. */
export interface Pending {
  readonly giveUp: AbortController
  readonly sinceMs: number
  /** What is waited for when it is not QuestDB. */
  waitsFor?: string
}

/** A table whose rows are on their way, and when that is over, one way or the other. */
interface Storing extends Pending {
  readonly over: PromiseWithResolvers<void>
}

/** Stores rows of one table until the signal aborts. */
export type StoreRows<Outcome> = (signal: AbortSignal, pending: Pending) => Promise<Outcome>

const defaultGraceMs = 3_000
const lookMs = 250
/** So much of what was refused is kept to try it again with. */
const sampleBytes = 64 << 10
const noTable = /table (does not exist|is dropped)/
/** A dataset that is held again and again is left alone for longer each time: what was read of it is read again. */
const restMs = { min: 250, max: 60_000, forgottenAfter: 300_000 }

/**
 * Keeps what one table cannot take from holding up the others.
 *
 * stored → (QuestDB takes no rows of this table for the grace, although it is there; or it has no such table) → held: its rows are given
 * up, nothing of it is committed and its topic is read no more; some rows are kept and tried again and again → (they are taken, or the
 * table is there again) → read again from where the table and the commits say → stored.
 *
 * When QuestDB as a whole is away nothing is held: all wait, with what was read in memory. What is held takes the memory of its sample.
 */
export class HeldDatasets {
  readonly #deps: HoldingDeps
  readonly #held = new Map<string, HeldDataset>()
  readonly #rests = new Map<string, { ms: number; heldAtMs: number }>()
  readonly #storing = new Map<TableRows, Storing>()
  #looking: NodeJS.Timeout | undefined
  #hasStored = false

  constructor(deps: HoldingDeps) {
    this.#deps = deps
  }

  get all(): HeldDataset[] {
    return [...this.#held.values()]
  }

  /** Their tables. */
  get names(): ReadonlySet<string> {
    return new Set(this.#held.keys())
  }

  /**
   * Stores rows of a table and gives the outcome; undefined when its dataset is held instead. Throws when no table takes rows, and none ever did: then it is
   * not a matter of one dataset.
   */
  async store<Outcome>(rows: TableRows, store: StoreRows<Outcome>, deadline: AbortSignal): Promise<Outcome | undefined> {
    const own: Storing = { giveUp: new AbortController(), sinceMs: performance.now(), over: Promise.withResolvers() }
    const giveUp = () => own.giveUp.abort(deadline.reason)
    if (deadline.aborted) giveUp()
    deadline.addEventListener('abort', giveUp, { once: true })
    this.#begins(rows, own)
    try {
      const outcome = await store(own.giveUp.signal, own)
      this.#hasStored = true
      return outcome
    } catch (error) {
      deadline.throwIfAborted()
      this.#ends(rows)
      await this.#hold(rows, own.giveUp.signal.aborted ? own.giveUp.signal.reason : error)
      return undefined
    } finally {
      this.#ends(rows)
      deadline.removeEventListener('abort', giveUp)
    }
  }

  #begins(rows: TableRows, own: Storing): void {
    this.#storing.set(rows, own)
    this.#looking ??= setInterval(() => this.#giveUpOverdue(), lookMs)
  }

  #ends(rows: TableRows): void {
    this.#storing.get(rows)?.over.resolve()
    this.#storing.delete(rows)
    if (this.#storing.size > 0) return
    clearInterval(this.#looking)
    this.#looking = undefined
  }

  /** Its table was dropped, whether it is there again or not: it is read again from where the table it has then says. */
  readAgain(entity: Entity): void {
    if (!this.#held.has(entity.name)) this.#begin(entity, new GivenUp(`table is dropped: ${entity.table.name}`))
  }

  #giveUpOverdue(): void {
    const { reports, graceMs = defaultGraceMs } = this.#deps
    for (const [{ entity }, { giveUp, sinceMs, waitsFor }] of this.#storing) {
      const blame = waitsFor ?? reports.blameOn(entity.table.name)
      if (blame === undefined) continue
      if (performance.now() - sinceMs >= graceMs || hasNoTable(blame)) giveUp.abort(new GivenUp(blame))
    }
  }

  /** What others are just storing may show that it is a matter of this dataset. */
  async #hold({ entity, rows }: TableRows, error: unknown): Promise<void> {
    if (!(error instanceof GivenUp) && !this.#hasStored) {
      await Promise.all([...this.#storing.values()].map(({ over }) => over.promise))
      if (!this.#hasStored) throw error
    }
    if (!this.#held.has(entity.name)) this.#begin(entity, error, rows)
  }

  #begin(entity: Entity, error: unknown, rows?: RowBuffer): void {
    const { reader, reports, log } = this.#deps
    const held = { dataset: entity.name, reason: messageOf(error), sinceMs: performance.now() }
    this.#held.set(entity.name, held)
    reader.hold(entity.topic.name)
    log.error({ dataset: entity.name, reason: held.reason }, 'Dataset held: QuestDB refuses its rows. The others are stored, trying again')
    reports.forget(entity.table.name)
    this.#release(entity, hasNoTable(held.reason) ? undefined : rows?.head(sampleBytes)).catch(failure => {
      if (!isAbort(failure)) log.error({ dataset: entity.name, err: failure }, 'Dataset stays held')
    })
  }

  /** Lets the dataset be read again when its table takes the sample; without one, as the table is gone, whoever begins to read it waits for the table. */
  async #release(entity: Entity, sample: RowBuffer | undefined): Promise<void> {
    const { reader, tables, log, signal } = this.#deps
    const writer = tables.writerOf(entity)
    await delay(this.#restOf(entity.name), signal)
    if (sample === undefined) writer.reconnect()
    else await retry(() => writer.write(sample, signal), { signal, baseMs: 500, maxMs: 5_000, shouldRetry: () => true })
    const { sinceMs } = this.#held.get(entity.name)!
    this.#held.delete(entity.name)
    reader.release(entity.topic.name)
    log.info({ dataset: entity.name, afterMs: Math.round(performance.now() - sinceMs) }, 'Dataset no longer held')
  }

  #restOf(name: string): number {
    const now = performance.now()
    const before = this.#rests.get(name)
    const isAgain = before !== undefined && now - before.heldAtMs < restMs.forgottenAfter
    const ms = isAgain ? Math.min(restMs.max, before.ms * 2) : restMs.min
    this.#rests.set(name, { ms, heldAtMs: now })
    return ms
  }
}

/** Rows that are waited for no longer. */
class GivenUp extends Error {
  override readonly name = 'GivenUp'
}

/** A table that is not there comes back with less than it had, or not at all: what it holds has to be asked again. */
function hasNoTable(reason: string): boolean {
  return noTable.test(reason)
}
