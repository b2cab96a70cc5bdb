import { type ItemKind, venueDatasets } from '@tickhouse/catalogue'
import type { Source, SourceFrame, SourceItem } from '../source.ts'
import { type Served, servedTypes } from './makers.ts'
import { type Pair, Schedule } from './schedule.ts'
import { koreanClock, utf8 } from './text.ts'
import { bare, type Made, remembered, World } from './world.ts'

const kindOf = new Map<string, ItemKind>(venueDatasets.map(dataset => [dataset.type, dataset.items]))

/** True for types that follow the whole market or the account and are registered with the item `""`. */
export function isMarketWide(type: string): boolean {
  const kind = kindOf.get(type)
  return kind === 'market' || kind === 'account'
}

/**
 * A market that trades whatever is registered. The frames are a pure function of the seed and of what was registered before which frame;
 * only the times in them follow the clock. It stands still while nobody asks for the next frame.
 */
export class Market implements Source {
  readonly isExhausted = false
  readonly #world: World
  readonly #types: ReadonlyMap<string, Served>
  readonly #seen = new Set<string>()
  readonly #tails = new Map<string, string>()
  readonly #due: SourceFrame[] = []
  #schedule: Schedule

  constructor(seed: number) {
    this.#world = new World(seed)
    this.#types = servedTypes(this.#world)
    this.#schedule = this.#scheduleOf([])
  }

  /** Tells what is registered now, by anyone. */
  register(pairs: readonly Pair[]): void {
    const stocks = pairs.filter(({ type, item }) => kindOf.get(type) === 'stock' && /^[0-9A-Z]+(_NX|_AL)?$/.test(item))
    this.#world.stocks = [...new Set(['005930', ...stocks.map(({ item }) => bare(item))])].slice(stocks.length > 0 ? 1 : 0).sort()
    this.#schedule = this.#scheduleOf(pairs)
  }

  /** The next frame, or null where nothing is registered. */
  next(nowMs: number): SourceFrame | null {
    const due = this.#due.shift()
    if (due || !this.#schedule.hasPairs) return due ?? null
    const pair = this.#schedule.next(this.#world.random)
    const frames = this.#types
      .get(pair.type)!
      .make(pair.item, koreanClock(nowMs))
      .map(items => this.#frame(pair, items))
    for (const later of frames.slice(1)) this.#due.push(later)
    return frames[0]!
  }

  #scheduleOf(pairs: readonly Pair[]): Schedule {
    const served = pairs.filter(({ type, item }) => this.#types.has(type) && (item !== '' || isMarketWide(type)))
    return new Schedule(served, type => this.#types.get(type)!.weight, this.#seen)
  }

  #frame(pair: Pair, made: readonly Made[]): SourceFrame {
    const { type } = pair
    const items: SourceItem[] = []
    let text = '{"data":['
    for (const { item, values } of made) {
      text += `${items.length === 0 ? '' : ','}{"values":${values}${this.#tail(type, item)}`
      items.push({ type, item, values })
    }
    return { pair, items, bytes: Buffer.from(`${text}],"trnm":"REAL"}`, 'latin1') }
  }

  /** What follows the values of an item. */
  #tail(type: string, item: string): string {
    return remembered(this.#tails, `${type}${item}`, () => {
      const { name } = this.#types.get(type)!
      return `,"type":"${type}","name":"${name}","item":${utf8(JSON.stringify(item))}}`
    })
  }
}
