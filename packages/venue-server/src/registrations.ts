import { datasetOfType } from '@tickhouse/catalogue'
import { isMarketWide, type Pair, type VenueLimits } from '@tickhouse/kiwoom'

/** A REG or REMOVE as it arrived: any JSON. */
export type ReceivedRegistration = Readonly<Record<string, unknown>>

/** How a request was answered: `code` 0, or the code and what its text names. */
export interface Outcome {
  readonly code: number
  readonly detail?: string | number
}

type Group = ReadonlyMap<string, ReadonlySet<string>>
type ItemLimits = Pick<VenueLimits, 'itemsPerGroup' | 'itemsPerConnection' | 'itemLength'>

const done: Outcome = { code: 0 }

/** What one connection has registered: group → item → types. A request is taken whole or not at all. */
export class Registrations {
  #groups: ReadonlyMap<string, Group> = new Map()

  /** Adds a REG; `refresh` 0 first drops all that the connection had. */
  register(request: ReceivedRegistration, limits: ItemLimits): Outcome {
    const read = readRequest(request, limits)
    if ('code' in read) return read
    const before = request['refresh'] === '0' ? new Map<string, Group>() : this.#groups
    const next = withPairs(before, read.group, read.pairs)
    const over = limitOutcome(next, read.group, limits)
    if (over) return over
    this.#groups = next
    return done
  }

  /** Takes the pairs of a REMOVE away; pairs that are not there do not matter. */
  remove(request: ReceivedRegistration, limits: ItemLimits): Outcome {
    const read = readRequest(request, limits)
    if ('code' in read) return read
    this.#groups = withoutPairs(this.#groups, read.group, read.pairs)
    return done
  }

  /** The registered pairs, each once, whatever their groups; market-wide and account types under the item `""`. */
  pairs(): Pair[] {
    const distinct = new Map<string, Pair>()
    for (const group of this.#groups.values()) {
      for (const [given, types] of group) {
        for (const type of types) {
          const item = isMarketWide(type) ? '' : given
          distinct.set(`${type}${item}`, { type, item })
        }
      }
    }
    return [...distinct.values()]
  }
}

/** The pairs that a REG asks for; none where it cannot be taken. */
export function pairsIn(request: ReceivedRegistration, limits: ItemLimits): readonly Pair[] {
  const read = readRequest(request, limits)
  return 'code' in read ? [] : read.pairs
}

/** The group and pairs of a request, or why it cannot be taken. */
function readRequest(request: ReceivedRegistration, limits: ItemLimits): { group: string; pairs: Pair[] } | Outcome {
  const { grp_no: group, data } = request
  if (group === undefined) return { code: 100002, detail: 'grp_no' }
  if (data === undefined) return { code: 100002, detail: 'data' }
  if (typeof group !== 'string' || group.length > 4 || !Array.isArray(data)) return { code: 105111 }
  const pairs: Pair[] = []
  for (const entry of data as unknown[]) {
    const { item: items, type: types } = (entry ?? {}) as Record<string, unknown>
    if (!isTexts(items) || !isTexts(types)) return { code: 105111 }
    const isRegistrable = items.every(item => item.length <= limits.itemLength) && types.every(type => datasetOfType(type))
    // Clients leave the item out where a type needs none. Of any other type such a request would bring nothing, ever.
    if (!isRegistrable || (items.length === 0 && !types.every(isMarketWide))) return { code: 105111 }
    for (const item of items.length === 0 ? [''] : items) for (const type of types) pairs.push({ type, item })
  }
  return { group, pairs }
}

function isTexts(value: unknown): value is string[] {
  return Array.isArray(value) && value.every(text => typeof text === 'string')
}

function withPairs(groups: ReadonlyMap<string, Group>, group: string, pairs: readonly Pair[]): Map<string, Group> {
  const items = new Map(groups.get(group))
  for (const { type, item } of pairs) items.set(item, new Set([...(items.get(item) ?? []), type]))
  return new Map(groups).set(group, items)
}

function withoutPairs(groups: ReadonlyMap<string, Group>, group: string, pairs: readonly Pair[]): Map<string, Group> {
  const items = new Map(groups.get(group))
  for (const { type, item } of pairs) {
    const types = new Set(items.get(item))
    types.delete(type)
    if (types.size > 0) items.set(item, types)
    else items.delete(item)
  }
  return new Map(groups).set(group, items)
}

/** Counts distinct items, per group and over all groups. */
function limitOutcome(groups: ReadonlyMap<string, Group>, changed: string, limits: ItemLimits): Outcome | null {
  if (groups.get(changed)!.size > limits.itemsPerGroup) return { code: 105118, detail: limits.itemsPerGroup }
  const all = new Set([...groups.values()].flatMap(items => [...items.keys()]))
  return all.size > limits.itemsPerConnection ? { code: 105115, detail: limits.itemsPerConnection } : null
}
