import { type ExchangeChanges, entities, entityIndex, type Gap, type Instrument, type NormalizerCounts } from '@tickhouse/catalogue'
import type { Logger } from '@tickhouse/runtime'
import { Flow } from './flow.ts'
import type { ItemFlow } from './item-flow.ts'
import type { Parcel } from './outbox.ts'

/** What came of one dataset since the process started. */
export interface DatasetTally {
  /** Records that came of captured frames; those that an earlier process had published already count too. */
  received: number
  /** Those of them that Kafka has acknowledged. */
  published: number
  /** Timestamp of the last published record, µs. */
  lastTimestamp: number
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

const mostRemembered = 10_000
/** A venue that sends keys without end does not fill the log. */
const mostLogged = 100
const fits = ['fitting', 'greater', 'smaller'] as const

/** The last gap of those that frames show which was counted; sessions and numbers rise along the journal. */
interface Found {
  session: string
  seq: number
}

const noSeen = (session: string): Seen => ({ session, items: 0, deadLetters: 0, tolerated: 0, volumeResets: 0, changes: noChanges() })
const noChanges = (): ExchangeChanges => ({ fitting: 0, greater: 0, smaller: 0 })

/** Counts what was received and published and what the normalizer met, since the process started; trouble of a new kind is logged once. */
export class Tally {
  /** Those of which something came. */
  readonly datasets = new Map<string, DatasetTally>()
  readonly gaps = new Map<string, number>()
  readonly unknownFids = new Set<string>()
  readonly unreadableFids = new Set<string>()
  itemCount = 0
  deadLetters = 0
  tolerated = 0
  volumeResets = 0
  missingShares = 0
  /** Records of combined items that came from another exchange than the one before, by how their cumulative volume fitted. */
  readonly exchangeChanges = noChanges()
  readonly flow: Flow
  /** The registered items, and which of them are silent. */
  readonly items: ItemFlow
  readonly #log: Logger
  readonly #lacking = new Set<string>()
  /** The same as `datasets`, by the places of the datasets among `entities`. */
  readonly #byEntity: (DatasetTally | undefined)[] = entities.map(() => undefined)
  #seen = noSeen('')
  #found: Found = { session: '', seq: 0 }

  constructor(log: Logger, items: ItemFlow) {
    this.#log = log
    this.items = items
    this.flow = new Flow(log)
  }

  /** Takes a record; `entity` is the place of its dataset among `entities`. */
  received(entity: number, session: string, timestampUs: number, instrument?: Instrument): void {
    const tally = this.#byEntity[entity] ?? this.#add(entity)
    tally.received += 1
    this.flow.seen(entity, session, timestampUs)
    if (instrument !== undefined) this.items.seen(entity, instrument, session, timestampUs)
  }

  acknowledged({ records }: Parcel): void {
    for (const { dataset, count, lastTimestamp } of records) {
      const entity = entityIndex.get(dataset)!
      const tally = this.#byEntity[entity] ?? this.#add(entity)
      tally.published += count
      tally.lastTimestamp = lastTimestamp
    }
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
    this.itemCount += items - this.#seen.items
    this.deadLetters += deadLetters - this.#seen.deadLetters
    this.tolerated += tolerated - this.#seen.tolerated
    this.volumeResets += volumeResets - this.#seen.volumeResets
    if (deadLetters > this.#seen.deadLetters)
      this.#log.warn({ session, deadLetters }, 'Something could not be read and became a dead letter')
    for (const fit of fits) this.exchangeChanges[fit] += exchangeChanges[fit] - this.#seen.changes[fit]
    this.#seen = { session, items, deadLetters, tolerated, volumeResets, changes: { ...exchangeChanges } }
    this.#notice(counts.unknownFids, this.unknownFids, 'The catalogue does not know this FID; it was left out')
    this.#notice(counts.unreadable, this.unreadableFids, 'This FID could not be read; its records say so')
  }

  #add(entity: number): DatasetTally {
    const tally = { received: 0, published: 0, lastTimestamp: 0 }
    this.#byEntity[entity] = tally
    this.datasets.set(entities[entity]!.name, tally)
    return tally
  }

  #noticeLack({ symbols = [], missing, evidence }: Gap): void {
    const item = symbols.join(',')
    if (this.#lacking.has(item) || this.#lacking.size >= mostRemembered) return
    this.#lacking.add(item)
    this.#log.warn(
      { item, missing, evidence },
      'Trades of this item are missing in what the venue sent; further gaps of it are counted only',
    )
  }

  #notice(fids: ReadonlyMap<string, number>, known: Set<string>, sentence: string): void {
    if (fids.size === 0 || known.size >= mostRemembered) return
    for (const fid of fids.keys()) {
      if (known.has(fid)) continue
      known.add(fid)
      if (known.size <= mostLogged) this.#log.warn({ fid }, sentence)
      if (known.size === mostLogged) this.#log.warn({ known: mostLogged }, 'Further FIDs of this sort are counted only')
    }
  }
}
