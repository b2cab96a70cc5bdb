import { dateAt, momentOf } from '@tickhouse/calendar'
import type { SeenInstrument } from '@tickhouse/catalogue'
import { type Logger, lookAgain, messageOf } from '@tickhouse/runtime'
import { type InstrumentDataset, instrumentDatasets, isOfOneTable, type Store } from '@tickhouse/store'

/** What keeping the table `instrument` needs. */
export interface InstrumentDeps {
  readonly store: { readonly instruments: Pick<Store['instruments'], 'seenIn' | 'see'> }
  readonly stored: StoredTimes
  readonly log: Logger
  readonly nowUs?: () => number
  readonly everyMs?: number
}

const dayUs = 86_400_000_000
/** Until something was seen it is looked more often. */
const firstMs = 5_000

/** From which time on there are rows that nobody has looked at, by table, µs since the epoch. */
export class StoredTimes {
  #firstUs = new Map<string, number>()

  /** Rows of a table were stored, the first of which has this time. */
  note(table: string, firstUs: number): void {
    this.#firstUs.set(table, Math.min(firstUs, this.#firstUs.get(table) ?? firstUs))
  }

  /** What was noted since the last call. */
  take(): ReadonlyMap<string, number> {
    const taken = this.#firstUs
    this.#firstUs = new Map()
    return taken
  }
}

/**
 * Keeps in `instrument` what records tell, with or without a list of the venue, until the signal aborts. A look reads what was stored since the look before the
 * last, however old it is: what is stored can be queried a moment later. The first look begins with the Korean date, of which a sink before this one may have
 * stored a part. Nothing waits for it, and what fails is done by the next one.
 */
export async function keepInstruments(deps: InstrumentDeps, signal: AbortSignal): Promise<void> {
  const looks = new Looks(deps, signal)
  await lookAgain(
    () => looks.look(),
    () => looks.pauseMs,
    signal,
  )
}

class Looks {
  readonly #deps: Required<InstrumentDeps>
  readonly #signal: AbortSignal
  readonly #seen = new SeenOfToday()
  /** What the last look read beside what was new. */
  #before: ReadonlyMap<string, number>

  constructor(deps: InstrumentDeps, signal: AbortSignal) {
    this.#deps = { nowUs: () => Date.now() * 1000, everyMs: 60_000, ...deps }
    this.#signal = signal
    const midnightUs = momentOf(dateAt(this.#deps.nowUs()), '00:00')
    this.#before = new Map(instrumentDatasets.map(({ table }) => [table, midnightUs]))
  }

  get pauseMs(): number {
    const { everyMs } = this.#deps
    return this.#seen.isEmpty ? Math.min(firstMs, everyMs) : everyMs
  }

  async look(): Promise<void> {
    const { store, stored, log, nowUs } = this.#deps
    const us = nowUs()
    const taken = stored.take()
    try {
      await this.#read(taken, us)
      await store.instruments.see(this.#seen.all, us, this.#signal)
      this.#before = taken
    } catch (error) {
      for (const [table, fromUs] of taken) stored.note(table, fromUs)
      if (!this.#signal.aborted) log.warn({ reason: messageOf(error) }, 'The table of instruments is not up to date, trying again')
    }
  }

  async #read(taken: ReadonlyMap<string, number>, us: number): Promise<void> {
    this.#seen.begin(dateAt(us))
    for (const dataset of instrumentDatasets) {
      const fromUs = earliest(this.#before.get(dataset.table), taken.get(dataset.table))
      if (fromUs !== undefined) this.#seen.add(await this.#seenIn(dataset, fromUs, us + dayUs))
    }
  }

  /** A table that is gone does not keep the others from being read. */
  async #seenIn(dataset: InstrumentDataset, fromUs: number, toUs: number): Promise<SeenInstrument[]> {
    const { store, stored } = this.#deps
    try {
      return await store.instruments.seenIn(dataset, fromUs, toUs, this.#signal)
    } catch (error) {
      if (!isOfOneTable(error)) throw error
      stored.note(dataset.table, fromUs)
      return []
    }
  }
}

function earliest(...times: readonly (number | undefined)[]): number | undefined {
  const known = times.filter(time => time !== undefined)
  return known.length === 0 ? undefined : Math.min(...known)
}

/** What was seen in the course of a date, one entry for each symbol, venue, kind and name: it is compared again by each look, since another writer may have been at the table. */
class SeenOfToday {
  #date = ''
  readonly #seen = new Map<string, SeenInstrument>()

  begin(date: string): void {
    if (date !== this.#date) this.#seen.clear()
    this.#date = date
  }

  add(found: readonly SeenInstrument[]): void {
    for (const one of found) {
      const key = JSON.stringify([one.symbol, one.venue, one.kind, one.name])
      const { firstUs, lastUs } = this.#seen.get(key) ?? one
      this.#seen.set(key, { ...one, firstUs: Math.min(firstUs, one.firstUs), lastUs: Math.max(lastUs, one.lastUs) })
    }
  }

  get isEmpty(): boolean {
    return this.#seen.size === 0
  }

  get all(): SeenInstrument[] {
    return [...this.#seen.values()]
  }
}
