import { datasetOfType, entities, type Instrument, type ItemKind, readItem } from '@tickhouse/catalogue'
import type { RegistrationData } from '@tickhouse/kiwoom'
import type { Logger } from '@tickhouse/runtime'
import type { SilentItem, Unregistered } from '../journal/unregistered.ts'

/** What hears of items that fall silent and of those that speak again. */
export interface ItemObserver {
  silent(item: SilentItem, session: string): void
  spoke(item: string, session: string, timestampUs: number): void
  /** What the venue has refused: that nothing comes of it is said already. */
  refused(): readonly Pick<Unregistered, 'types' | 'items'>[]
}

/**
 * Which datasets are registered by items, by their places among `entities`: orders, balances and events of the whole market name items too, whether these are
 * registered or not.
 */
const registeredByItem = entities.map(({ venue }) => venue !== null && venue.items !== 'market' && venue.items !== 'account')
/** A pause of the whole group counts as this at most: a night is no silence of one item. */
const maxStepUs = 10_000_000
const lookEveryUs = 1_000_000
/** Objects of the normalizer by which items are found; it remembers as many itself. */
const maxInstruments = 10_000

/**
 * Watches the registered items of the session that is being published, by the timestamps of its records alone: the venue accepts a code that does not exist, and sends nothing.
 * The table holds the items of the plan and no others. Said once when a silence begins and once when it ends.
 */
export class ItemFlow {
  /** The session that is watched. */
  session = ''
  /** Its items that are silent, by item. */
  readonly silent = new Map<string, SilentItem>()
  readonly #groups = new Map<string, ItemGroup>()
  readonly #byInstrument = new Map<string, { readonly group: ItemGroup; readonly item: WatchedItem }>()
  #found = new Map<Instrument, { readonly group: ItemGroup; readonly item: WatchedItem } | undefined>()
  readonly #silenceUs: number
  readonly #observer: ItemObserver
  readonly #log: Logger

  constructor(requests: readonly RegistrationData[], silenceMs: number, observer: ItemObserver, log: Logger) {
    this.#silenceUs = silenceMs * 1000
    this.#observer = observer
    this.#log = log
    for (const [item, types] of typesByItem(requests)) this.#watch(item, types)
  }

  /** Every watched item. */
  get items(): WatchedItem[] {
    return [...this.#groups.values()].flatMap(({ items }) => items)
  }

  /** Takes a record of the dataset at that place among `entities`; those that are not registered by items are left out; records that come again, when publishing starts over, change nothing. */
  seen(entity: number, instrument: Instrument, session: string, timestampUs: number): void {
    if (!registeredByItem[entity]) return
    if (session !== this.session) this.#begin(session)
    const watched = this.#found.get(instrument) ?? this.#find(instrument)
    if (watched === undefined) return
    const { group, item } = watched
    if (timestampUs <= group.lastTimestamp) return
    if (group.lastTimestamp > 0) group.nowUs += Math.min(timestampUs - group.lastTimestamp, maxStepUs)
    group.lastTimestamp = timestampUs
    group.records += 1
    this.#note(group, item, timestampUs)
    if (group.nowUs - group.lookedUs >= lookEveryUs) this.#look(group)
  }

  #watch(name: string, types: readonly string[]): void {
    const instrument = readItem(name)
    if (name === '' || instrument === null) return
    const key = `${kindOf(types[0]!)} ${instrument.venue}`
    const group = this.#groups.get(key) ?? { items: [], nowUs: 0, lookedUs: 0, lastTimestamp: 0, records: 0 }
    this.#groups.set(key, group)
    const item = { item: name, types, records: 0, lastTimestamp: 0, lastUs: 0, maxPauseUs: 0 }
    group.items.push(item)
    this.#byInstrument.set(`${instrument.symbol}/${instrument.venue}`, { group, item })
  }

  /** The normalizer has one object for each item of a session, which is quicker to look up than its two texts. */
  #find(instrument: Instrument) {
    if (this.#found.has(instrument)) return undefined
    const watched = this.#byInstrument.get(`${instrument.symbol}/${instrument.venue}`)
    if (this.#found.size < maxInstruments) this.#found.set(instrument, watched)
    return watched
  }

  #begin(session: string): void {
    this.session = session
    this.silent.clear()
    this.#found = new Map()
    for (const group of this.#groups.values()) {
      Object.assign(group, { nowUs: 0, lookedUs: 0, lastTimestamp: 0, records: 0 })
      for (const item of group.items) Object.assign(item, { records: 0, lastTimestamp: 0, lastUs: 0, maxPauseUs: 0 })
    }
  }

  #note({ nowUs }: ItemGroup, item: WatchedItem, timestampUs: number): void {
    const isBack = this.silent.size > 0 && this.silent.delete(item.item)
    const pauseUs = nowUs - item.lastUs
    if (item.records > 0 && pauseUs > item.maxPauseUs && !isBack) item.maxPauseUs = pauseUs
    item.records += 1
    item.lastUs = nowUs
    item.lastTimestamp = timestampUs
    if (!isBack) return
    this.#log.info({ session: this.session, item: item.item }, 'The item speaks again')
    this.#observer.spoke(item.item, this.session, timestampUs)
  }

  #look(group: ItemGroup): void {
    group.lookedUs = group.nowUs
    for (const item of silentItems(group, this.#silenceUs))
      if (!this.silent.has(item.item) && !this.#isRefused(item)) this.#say(group, item)
  }

  #isRefused({ item, types }: WatchedItem): boolean {
    const refused = this.#observer.refused().filter(({ items }) => items.includes(item))
    return refused.length > 0 && types.every(type => refused.some(pairs => pairs.types.includes(type)))
  }

  #say({ nowUs, items }: ItemGroup, { item, types, records, lastTimestamp, lastUs }: WatchedItem): void {
    const seconds = Math.round((nowUs - lastUs) / 1e6)
    const since = records === 0 ? 'nothing came since it was registered' : 'nothing came any more'
    const evidence = `${since}, while others of its kind flowed for ${seconds} s`
    const silent = { item, types, lastTimestamp: records === 0 ? null : lastTimestamp, evidence }
    this.silent.set(item, silent)
    this.#log.warn(
      { session: this.session, item, types, records, seconds, others: items.length - 1 },
      'An item brings nothing while others of its kind do: does it exist?',
    )
    this.#observer.silent(silent, this.session)
  }
}

function typesByItem(requests: readonly RegistrationData[]): Map<string, string[]> {
  const found = new Map<string, string[]>()
  for (const { items, types } of requests) for (const item of items) found.set(item, [...(found.get(item) ?? []), ...types])
  return found
}

function kindOf(type: string): ItemKind | undefined {
  return datasetOfType(type)?.items
}

/** Items of one kind and venue: they trade at the same hours. The clock, µs, stands still while nothing comes of any of them. */
export interface ItemGroup {
  readonly items: WatchedItem[]
  nowUs: number
  lookedUs: number
  lastTimestamp: number
  records: number
}

/** A registered item, and how it flows in the session that is published. */
export interface WatchedItem {
  /** As registered. */
  readonly item: string
  readonly types: readonly string[]
  records: number
  /** Capture time of its last record, µs; 0 before the first. */
  lastTimestamp: number
  /** The same by the clock of its group. */
  lastUs: number
  maxPauseUs: number
}

const minRecords = 20
const farLonger = 5

/** The items of a group that are silent while others of it flow: of which nothing came at all, or nothing for far longer than ever before. */
export function silentItems({ items, nowUs, records }: ItemGroup, silenceUs: number): WatchedItem[] {
  if (nowUs <= silenceUs || records < minRecords) return []
  const spoke = items.filter(item => item.records > 0)
  const flowing = spoke.filter(({ lastUs }) => nowUs - lastUs <= silenceUs).length
  if (flowing === 0) return []
  const isOpen = flowing * 2 >= spoke.length
  const isSilent = (item: WatchedItem) =>
    item.records === 0 || (isOpen && item.records >= minRecords && nowUs - item.lastUs > Math.max(silenceUs, farLonger * item.maxPauseUs))
  return items.filter(isSilent)
}
