import { SessionNormalizer } from '@tickhouse/catalogue'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Item, itemsOf, nextFrames } from '../frames.ts'

const timeUs = Date.UTC(2026, 6, 20, 1, 27, 55) * 1_000
const stocks = ['005930', '005930_NX', '005930_AL', '000660', '035720_AL']
const pairs = stocks.flatMap(item => ['0B', '0D'].map(type => ({ type, item })))

/** The shares that a session's gaps say are missing, per item. */
function missingIn(texts: readonly string[]): Map<string, number> {
  const normalizer = new SessionNormalizer({ session: 's', openedAtUs: 1, environment: 'simulator', collector: 'c' })
  const missing = new Map<string, number>()
  for (const { found } of texts.flatMap(text => normalizer.entry({ kind: 'frame', timeUs, text }))) {
    if (found === undefined) continue
    const [item] = found.symbols!
    missing.set(item!, (missing.get(item!) ?? 0) + found.missing!)
  }
  expect(normalizer.counts.volumeResets).toBe(0)
  return missing
}

const total = ({ values }: Item) => Number(values['13'])
const volume = ({ values }: Item) => Math.abs(Number(values['15']))

/** What a chain of trades lacks, by its totals: a combined item's total grows by the fills of either exchange. */
function lackOf(trades: readonly Item[]): number {
  return trades.reduce((sum, trade, index) => {
    const before = trades[index - 1]
    return before === undefined ? sum : sum + total(trade) - total(before) - volume(trade)
  }, 0)
}

test('a market of which nothing is taken out lacks nothing', () => {
  for (const seed of [1, 2, 3]) expect(missingIn(nextFrames(5_000, { seed, pairs }))).toEqual(new Map())
})

test('the trades of a combined item are of both exchanges, and its cumulative volume grows by each', () => {
  const trades = nextFrames(5_000, { seed: 1, pairs })
    .flatMap(itemsOf)
    .filter(({ type, item }) => type === '0B' && item === '005930_AL')
  expect(new Set(trades.map(({ values }) => values['9081']))).toEqual(new Set(['KRX', 'NXT']))
  const traded = trades.slice(1).reduce((sum, trade) => sum + volume(trade), 0)
  expect(total(trades.at(-1)!) - total(trades[0]!)).toBe(traded)
})

test('whatever is taken out, what is missing and what was traded add up to the growth of the cumulative volume', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 10_000 }), fc.infiniteStream(fc.boolean()), (seed, isKept) => {
      const texts = nextFrames(300, { seed, pairs }).filter(() => isKept.next().value)
      const missing = missingIn(texts)
      const trades = texts.flatMap(itemsOf).filter(({ type }) => type === '0B')
      for (const [item, chain] of Map.groupBy(trades, trade => trade.item)) {
        expect({ item, missing: missing.get(item) ?? 0 }).toEqual({ item, missing: lackOf(chain) })
        const traded = chain.slice(1).reduce((sum, trade) => sum + volume(trade), 0)
        expect((missing.get(item) ?? 0) + traded).toBe(total(chain.at(-1)!) - total(chain[0]!))
      }
    }),
    { numRuns: 50 },
  )
})
