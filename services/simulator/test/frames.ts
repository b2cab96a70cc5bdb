import { venueDatasets } from '@tickhouse/catalogue'
import { defaultSymbols, limitsOf, planRegistration } from '@tickhouse/kiwoom'
import { Market } from '../src/market/market.ts'
import type { Pair } from '../src/market/source.ts'

export type Values = Readonly<Record<string, string>>

/** One item of a frame as JSON has it. */
export interface Item {
  readonly type: string
  readonly name: string
  readonly item: string
  readonly values: Values
}

/** Every pair that is registered where nothing else is asked for. */
export const defaultPairs: readonly Pair[] = planRegistration(
  { types: venueDatasets.map(dataset => dataset.type), symbols: defaultSymbols },
  limitsOf('simulator'),
).requests.flatMap(({ types, items }) => types.flatMap(type => items.map(item => ({ type, item }))))

/** A market's next frames as text; the clock is at 10:27:55 in Korea. */
export function nextFrames(count: number, { seed = 1, pairs = defaultPairs }: { seed?: number; pairs?: readonly Pair[] } = {}): string[] {
  const market = new Market(seed)
  market.register(pairs)
  return Array.from({ length: count }, () => market.next(Date.UTC(2026, 6, 20, 1, 27, 55))!.bytes.toString('utf8'))
}

/** The items of a frame. */
export function itemsOf(text: string): Item[] {
  return JSON.parse(text).data
}
