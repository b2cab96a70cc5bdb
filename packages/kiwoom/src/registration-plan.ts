import { datasetOfType, type ItemKind } from '@tickhouse/catalogue'
import type { VenueLimits } from './environments.ts'
import { type RegistrationData, registerRequest } from './requests.ts'

/** The items of each kind that has a list; market-wide and account types register `""`. */
export type SymbolLists = Readonly<Record<Exclude<ItemKind, 'market' | 'account'>, readonly string[]>>

/** What is wanted: type codes and the items of each kind. */
export interface Wanted {
  readonly types: readonly string[]
  readonly symbols: Partial<SymbolLists>
}

/** One REG, ready to be sent as `json`. */
export interface RegistrationRequest extends RegistrationData {
  readonly json: string
}

export type LeftOutReason = 'unknown type' | 'invalid item' | 'connection full' | 'message too long'

/** A pair that is wanted and not registered. */
export interface LeftOut {
  readonly type: string
  readonly item: string
  readonly reason: LeftOutReason
}

/** Every wanted (type, item) pair is in exactly one request or in `leftOut`. */
export interface RegistrationPlan {
  readonly requests: readonly RegistrationRequest[]
  readonly leftOut: readonly LeftOut[]
}

type PlanLimits = Pick<VenueLimits, 'itemsPerGroup' | 'itemsPerConnection' | 'messageBytes' | 'itemLength'>

/** Types that share their items, and therefore a request. */
interface Batch {
  readonly types: readonly string[]
  readonly items: readonly string[]
}

/** Short lists first: where the connection is full, it is the tail of the stocks that stays outside. */
const kindsInOrder: readonly ItemKind[] = ['market', 'account', 'gold', 'sector', 'elw', 'etf', 'stock']

/** Plans the REG requests of one connection: pure, in a stable order, within the limits per group, connection and message. */
export function planRegistration(wanted: Wanted, limits: PlanLimits): RegistrationPlan {
  const leftOut: LeftOut[] = unknownTypes(wanted.types)
  const batches = kindsInOrder.map(kind => batchOf(kind, wanted)).filter(batch => batch.types.length > 0)
  const groups = assignGroups(batches, limits)
  const requests = batches.flatMap(batch => requestsOf(batch, groups, limits, leftOut))
  return { requests, leftOut }
}

function unknownTypes(types: readonly string[]): LeftOut[] {
  return distinct(types)
    .filter(type => datasetOfType(type) === undefined)
    .map(type => ({ type, item: '', reason: 'unknown type' }))
}

function batchOf(kind: ItemKind, { types, symbols }: Wanted): Batch {
  return {
    types: distinct(types).filter(type => datasetOfType(type)?.items === kind),
    items: kind === 'market' || kind === 'account' ? [''] : distinct(symbols[kind] ?? []),
  }
}

/** Gives each distinct item its one group until the connection is full; `""` counts as an item, to be on the safe side. */
function assignGroups(batches: readonly Batch[], limits: PlanLimits): ReadonlyMap<string, number> {
  const groups = new Map<string, number>()
  for (const item of batches.flatMap(batch => batch.items)) {
    if (groups.has(item) || groups.size >= limits.itemsPerConnection || !isRegistrable(item, limits)) continue
    groups.set(item, Math.floor(groups.size / limits.itemsPerGroup) + 1)
  }
  return groups
}

function isRegistrable(item: string, limits: PlanLimits): boolean {
  return item === '' || isValidItem(item, limits.itemLength)
}

/** True for what can stand in a list of symbols: not empty, no spaces or control characters, not longer than the venue takes. */
export function isValidItem(item: string, maxLength = 100): boolean {
  return item.length > 0 && item.length <= maxLength && /^[^\s\p{C}]+$/u.test(item)
}

/** The requests of one batch, group by group; pairs without a place go to `leftOut`. */
function requestsOf(batch: Batch, groups: ReadonlyMap<string, number>, limits: PlanLimits, leftOut: LeftOut[]): RegistrationRequest[] {
  const byGroup = new Map<number, string[]>()
  for (const item of batch.items) {
    const group = itemOutside(batch, item, limits) ? undefined : groups.get(item)
    if (group === undefined) leave(batch, item, reasonFor(batch, item, limits), leftOut)
    else append(byGroup, group, item)
  }
  return [...byGroup].flatMap(([group, items]) => split(String(group), items, batch.types, limits, leftOut))
}

/** A list may hold `""` by mistake; only market-wide and account types register it. */
function itemOutside(batch: Batch, item: string, limits: PlanLimits): boolean {
  return item === '' ? !isMarketWide(batch) : !isValidItem(item, limits.itemLength)
}

function reasonFor(batch: Batch, item: string, limits: PlanLimits): LeftOutReason {
  return itemOutside(batch, item, limits) ? 'invalid item' : 'connection full'
}

function isMarketWide(batch: Batch): boolean {
  const kind = datasetOfType(batch.types[0]!)?.items
  return kind === 'market' || kind === 'account'
}

function leave(batch: Batch, item: string, reason: LeftOutReason, leftOut: LeftOut[]): void {
  for (const type of batch.types) leftOut.push({ type, item, reason })
}

/** Halves the items until each message fits; a single item that does not fit is left out. */
function split(
  groupNumber: string,
  items: readonly string[],
  types: readonly string[],
  limits: PlanLimits,
  leftOut: LeftOut[],
): RegistrationRequest[] {
  const json = registerRequest({ groupNumber, items, types })
  if (Buffer.byteLength(json) <= limits.messageBytes) return [{ groupNumber, items, types, json }]
  if (items.length === 1) {
    leave({ items, types }, items[0]!, 'message too long', leftOut)
    return []
  }
  const middle = Math.ceil(items.length / 2)
  const halves = [items.slice(0, middle), items.slice(middle)]
  return halves.flatMap(half => split(groupNumber, half, types, limits, leftOut))
}

function append(lists: Map<number, string[]>, key: number, value: string): void {
  const list = lists.get(key)
  if (list) list.push(value)
  else lists.set(key, [value])
}

function distinct(values: readonly string[]): string[] {
  return [...new Set(values)]
}
