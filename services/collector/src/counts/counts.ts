import { type ExchangeChanges, entities, type Gap, type Instrument, type NormalizerCounts } from '@tickhouse/catalogue'
import type { Logger } from '@tickhouse/runtime'
import { DatasetCounts } from './dataset-counts.ts'
import { Flow } from './dataset-flow.ts'
import type { ItemFlow } from './item-flow.ts'

/** What came of one dataset since the process started. */
export interface DatasetTotals {
  /** Records made from captured frames; those that an earlier process had published already count too. */
  readonly received: number
  /** Those of them that Kafka has acknowledged. */
  readonly published: number
  /** Timestamp of the last published record, µs; 0 before the first. */
  readonly lastTimestamp: number
}

/** What a session's normalizer had counted at the last look. */
interface Seen {
  session: string
  items: number
  deadLetters: number
  tolerated: number
  volumeResets: number
  changes: ExchangeChanges
}

const maxRemembered = 10_000
/** A venue that sends keys without end does not fill the log. */
const maxLogged = 100
const fits = ['fitting', 'greater', 'smaller'] as const

const noSeen = (session: string): Seen => ({ session, items: 0, deadLetters: 0, tolerated: 0, volumeResets: 0, changes: noChanges() })
const noChanges = (): ExchangeChanges => ({ fitting: 0, greater: 0, smaller: 0 })

/**
 * Counts what was received and published and what the normalizer met, since the process started, each once: metrics, /status and the page read these numbers.
 * Trouble of a new kind is logged once.
 */
export class Counts {
  readonly gaps = new Map<string, number>()
  readonly unknownFids = new Set<string>()
  readonly unreadableFids = new Set<string>()
  deadLetters = 0
  tolerated = 0
  volumeResets = 0
  missingShares = 0
  /** Records of combined items that came from another exchange than the one before, by how their cumulative volume fitted. */
  readonly exchangeChanges = noChanges()
  readonly flow: Flow
  /** The registered items, and which of them are silent. */
  readonly items: ItemFlow
  readonly #received = new DatasetCounts()
  readonly #published = new DatasetCounts()
  readonly #log: Logger
  readonly #lacking = new Set<string>()
  #seen = noSeen('')
  /** The last gap of those that frames show which was counted; sessions and numbers rise along the journal. */
  #found = { session: '', seq: 0 }

  constructor(log: Logger, items: ItemFlow) {
    this.#log = log
    this.items = items
    this.flow = new Flow(log)
  }

  /** The datasets of which something came. */
  get datasets(): ReadonlyMap<string, DatasetTotals> {
    const totals = new Map<string, DatasetTotals>()
    for (const { name } of entities) {
      const [received, published] = [this.#received.of(name), this.#published.of(name)]
      if (received === undefined && published === undefined) continue
      const lastTimestamp = published?.lastTimestamp ?? 0
      totals.set(name, { received: received?.count ?? 0, published: published?.count ?? 0, lastTimestamp })
    }
    return totals
  }

  /** Takes a record; `entity` is the place of its dataset among `entities`. */
  received(entity: number, session: string, timestampUs: number, instrument?: Instrument): void {
    this.#received.add(entity, timestampUs)
    this.flow.seen(entity, session, timestampUs)
    if (instrument !== undefined) this.items.seen(entity, instrument, session, timestampUs)
  }

  /** Kafka has acknowledged these records. */
  acknowledged({ records }: { readonly records: DatasetCounts }): void {
    this.#published.addAll(records)
  }

  gap({ reason }: Gap): void {
    this.gaps.set(reason, (this.gaps.get(reason) ?? 0) + 1)
  }

  /** Takes a gap that frames show. Publishing may go over the same stretch of the journal again: what was counted is not counted twice. */
  found(gap: Gap, session: string, seq: number): void {
    const last = this.#found
    if (session < last.session || (session === last.session && seq <= last.seq)) return
    this.#found = { session, seq }
    this.gap(gap)
    this.missingShares += gap.missing ?? 0
    this.#noticeLack(gap)
  }

  /** Takes the running counts of a session's normalizer. */
  normalized(session: string, counts: NormalizerCounts): void {
    if (this.#seen.session !== session || counts.items < this.#seen.items) this.#seen = noSeen(session)
    const { items, deadLetters, tolerated, volumeResets, exchangeChanges } = counts
    this.deadLetters += deadLetters - this.#seen.deadLetters
    this.tolerated += tolerated - this.#seen.tolerated
    this.volumeResets += volumeResets - this.#seen.volumeResets
    if (deadLetters > this.#seen.deadLetters)
      this.#log.warn({ session, deadLetters }, 'A frame or an item could not be read and became a dead letter')
    for (const fit of fits) this.exchangeChanges[fit] += exchangeChanges[fit] - this.#seen.changes[fit]
    this.#seen = { session, items, deadLetters, tolerated, volumeResets, changes: { ...exchangeChanges } }
    this.#notice(counts.unknownFids, this.unknownFids, 'The catalogue does not know this FID; it was left out')
    this.#notice(counts.unreadable, this.unreadableFids, 'This FID could not be read; its records say so')
  }

  #noticeLack({ symbols = [], missing, evidence }: Gap): void {
    const item = symbols.join(',')
    if (this.#lacking.has(item) || this.#lacking.size >= maxRemembered) return
    this.#lacking.add(item)
    this.#log.warn(
      { item, missing, evidence },
      'Trades of this item are missing in what the venue sent; further gaps of it are counted only',
    )
  }

  #notice(fids: ReadonlyMap<string, number>, known: Set<string>, sentence: string): void {
    if (fids.size === 0 || known.size >= maxRemembered) return
    for (const fid of fids.keys()) {
      if (known.has(fid)) continue
      known.add(fid)
      if (known.size <= maxLogged) this.#log.warn({ fid }, sentence)
      if (known.size === maxLogged) this.#log.warn({ known: maxLogged }, 'Further FIDs of this sort are counted only')
    }
  }
}
