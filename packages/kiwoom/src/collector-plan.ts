import { datasetOfType, type ItemKind } from '@tickhouse/catalogue'
import type { VenueLimits } from './environments.ts'
import { isValidItem, type LeftOut, planRegistration, type RegistrationPlan, type SymbolLists, type Wanted } from './registration-plan.ts'

/** What one of several collectors captures. */
export interface CollectorShare {
  readonly wanted: { readonly types: readonly string[]; readonly symbols: SymbolLists }
  readonly plan: RegistrationPlan
  /** Distinct items on its connection. */
  readonly items: number
}

/** Every wanted (type, item) pair is in exactly one share or in `leftOut`. */
export interface CollectorPlan {
  readonly shares: readonly CollectorShare[]
  readonly leftOut: readonly LeftOut[]
}

type PlanLimits = Parameters<typeof planRegistration>[1]
type ListedKind = keyof SymbolLists

/** All items of one code, whatever their venue and kind: they stay together, so that the records of a symbol have one order. */
interface Bundle {
  readonly entries: readonly { readonly kind: ListedKind; readonly item: string }[]
  readonly size: number
}

/** A share that is being filled. */
interface Filling {
  readonly bundles: Bundle[]
  readonly takesMarketWide: boolean
  load: number
}

const listedKinds: readonly ListedKind[] = ['gold', 'sector', 'elw', 'etf', 'stock']

/**
 * Divides what is wanted among collectors with one connection each, as many as are needed or as many as are given: pure, in a stable
 * order, loads as even as may be. What has no item of its own (market-wide, account) is captured by the first alone, else it would be there twice.
 */
export function planCollectors(wanted: Wanted, limits: PlanLimits, collectors?: number): CollectorPlan {
  const bundles = bundlesOf(wanted, limits)
  const total = bundles.reduce((sum, { size }) => sum + size, needsFirst(wanted) ? 1 : 0)
  let count = collectors ?? Math.max(1, Math.ceil(total / limits.itemsPerConnection))
  let divided = divide(bundles, count, wanted, limits)
  while (collectors === undefined && divided.unplaced.some(({ size }) => size <= limits.itemsPerConnection))
    divided = divide(bundles, ++count, wanted, limits)
  const shares = divided.fillings.map(filling => shareOf(filling, wanted, limits)).filter(({ wanted }) => wanted.types.length > 0)
  const leftOut = [...shares.flatMap(({ plan }) => plan.leftOut), ...divided.unplaced.flatMap(bundle => pairsOf(bundle, wanted))]
  return { shares, leftOut }
}

function bundlesOf({ types, symbols }: Wanted, { itemLength }: Pick<VenueLimits, 'itemLength'>): Bundle[] {
  const byCode = new Map<string, Bundle['entries'][number][]>()
  for (const kind of listedKinds.filter(kind => typesOfKind(types, kind).length > 0))
    for (const item of new Set(symbols[kind] ?? [])) {
      const code = item.replace(/_(NX|AL)$/, '').replace(/^A(?=.{6}$)/, '')
      byCode.set(code, [...(byCode.get(code) ?? []), { kind, item }])
    }
  return [...byCode.values()].map(entries => ({ entries, size: sizeOf(entries, itemLength) }))
}

/** Distinct items that take a place on a connection. */
function sizeOf(entries: Bundle['entries'], itemLength: number): number {
  return new Set(entries.map(({ item }) => item).filter(item => item === '' || isValidItem(item, itemLength))).size
}

/** Each bundle goes to the collector that has the least so far. */
function divide(bundles: readonly Bundle[], count: number, wanted: Wanted, { itemsPerConnection }: PlanLimits) {
  const first = needsFirst(wanted)
  const fillings = Array.from({ length: count }, (_, index): Filling => {
    const takesMarketWide = first && index === 0
    return { bundles: [], takesMarketWide, load: takesMarketWide ? 1 : 0 }
  })
  const unplaced: Bundle[] = []
  for (const bundle of bundles) {
    const filling = fillings.reduce((least, other) => (other.load < least.load ? other : least))
    if (filling.load + bundle.size > itemsPerConnection) unplaced.push(bundle)
    else {
      filling.bundles.push(bundle)
      filling.load += bundle.size
    }
  }
  return { fillings, unplaced }
}

function shareOf({ bundles, takesMarketWide }: Filling, wanted: Wanted, limits: PlanLimits): CollectorShare {
  const entries = bundles.flatMap(bundle => bundle.entries)
  const itemsOf = (kind: ListedKind) => entries.filter(entry => entry.kind === kind).map(({ item }) => item)
  const symbols = Object.fromEntries(listedKinds.map(kind => [kind, itemsOf(kind)])) as unknown as SymbolLists
  const isTaken = (type: string) => {
    const kind = listedKindOf(type)
    return kind === undefined ? takesMarketWide : symbols[kind].length > 0
  }
  const share = { types: [...new Set(wanted.types)].filter(isTaken), symbols }
  const plan = planRegistration(share, limits)
  return { wanted: share, plan, items: new Set(plan.requests.flatMap(({ items }) => items)).size }
}

/** A type that no list of items belongs to, an unknown one too. */
function needsFirst({ types }: Wanted): boolean {
  return types.some(type => listedKindOf(type) === undefined)
}

function pairsOf({ entries }: Bundle, { types }: Wanted): LeftOut[] {
  return entries.flatMap(({ kind, item }) => typesOfKind(types, kind).map(type => ({ type, item, reason: 'connection full' as const })))
}

function typesOfKind(types: readonly string[], kind: ItemKind): string[] {
  return [...new Set(types)].filter(type => datasetOfType(type)?.items === kind)
}

function listedKindOf(type: string): ListedKind | undefined {
  return listedKinds.find(kind => kind === datasetOfType(type)?.items)
}
