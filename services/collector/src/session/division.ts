import type { RegistrationData } from '@tickhouse/kiwoom'
import type { UnregisteredPair } from '../journal/unregistered.ts'

/** Part of a planned request: every type with every item. */
export interface RequestPart extends RegistrationData {
  /** All of its pairs were refused alone on an earlier connection: it is not divided once more. */
  readonly isKnown?: true
}

/** Pairs of type and item that the venue has refused alone, with its words. */
export class RefusedPairs {
  readonly #pairs = new Map<string, { readonly evidence: string; readonly atMs: number }>()
  readonly #nowMs: () => number

  constructor(nowMs: () => number = () => performance.now()) {
    this.#nowMs = nowMs
  }

  add(type: string, item: string, evidence: string): void {
    this.#pairs.set(keyOf(type, item), { evidence, atMs: this.#nowMs() })
  }

  delete(type: string, item: string): void {
    this.#pairs.delete(keyOf(type, item))
  }

  /** The venue's words; undefined where the pair was not refused, or so long ago that it is to be asked for anew. */
  evidenceOf(type: string, item: string): string | undefined {
    const found = this.#pairs.get(keyOf(type, item))
    return found === undefined || this.#nowMs() - found.atMs > rememberedMs ? undefined : found.evidence
  }
}

const rememberedMs = 3_600_000
/** Requests besides the planned ones: on production, where one takes 400 ms, they take 80 s. */
export const maxDivisions = 200

/**
 * What is asked for next while requests are refused for what they hold. The planned requests come first; a refused one is divided until the pairs that the venue does
 * not take are alone. Which part is asked for first follows from what is known: items that the refusal names, types that were refused where
 * others of the same item were not, else halves. One bad item among a hundred takes about fourteen requests, and as many as it has types, twice.
 * The number of requests is bounded: what is refused beyond it is refused as it stands.
 */
export class RequestDivision {
  readonly #planned: RequestPart[]
  readonly #parts: RequestPart[] = []
  /** Types that are probably refused with every item come last. */
  readonly #doubtful: RequestPart[] = []
  readonly #known: RefusedPairs
  readonly #acceptedItems = new Set<string>()
  readonly #refusedAlone: { readonly type: string; readonly item: string }[] = []
  #left: number

  constructor(requests: readonly RegistrationData[], known: RefusedPairs, max = maxDivisions) {
    this.#known = known
    this.#planned = requests.flatMap(request => this.#withoutKnown(request))
    this.#left = max
  }

  /** The next piece to ask for; undefined when every pair was accepted or refused for good. */
  next(): RequestPart | undefined {
    return this.#planned.shift() ?? this.#parts.pop() ?? this.#doubtful.shift()
  }

  /** The venue took the piece. */
  accepted({ types, items }: RequestPart): void {
    for (const item of items) {
      this.#acceptedItems.add(item)
      for (const type of types) this.#known.delete(type, item)
    }
  }

  /** The venue refused the piece for what it holds: the pairs that are refused for good by that; none when it was divided. */
  refused(piece: RequestPart, evidence: string): UnregisteredPair[] {
    if (piece.isKnown) return pairsOf(piece, (type, item) => this.#known.evidenceOf(type, item) ?? evidence)
    const parts = this.#divide(piece, evidence)
    if (parts === undefined) {
      const { types, items } = piece
      this.#refusedAlone.push({ type: types[0]!, item: items[0]! })
      this.#known.add(types[0]!, items[0]!, evidence)
      return pairsOf(piece, () => evidence)
    }
    if (this.#left < parts.length) return pairsOf(piece, () => `${evidence}; refused together, and not divided further`)
    this.#left -= parts.length
    this.#queue(parts, piece)
    return []
  }

  /** Two parts; undefined when the piece is a single pair. */
  #divide({ types, items }: RequestPart, evidence: string): [Part, Part] | undefined {
    const named = items.filter(item => item !== '' && evidence.includes(`[${item}]`))
    if (named.length > 0 && named.length < items.length) return [{ items: items.filter(item => !named.includes(item)) }, { items: named }]
    const doubted = types.filter(type => this.#isDoubtful(type))
    if (doubted.length > 0 && doubted.length < types.length)
      return [{ types: types.filter(type => !doubted.includes(type)) }, { types: doubted }]
    const [isOfItems, values] = items.length > 1 ? [true, items] : [false, types]
    if (values.length === 1) return undefined
    const middle = Math.ceil(values.length / 2)
    const [first, second] = [values.slice(0, middle), values.slice(middle)]
    return isOfItems ? [{ items: first }, { items: second }] : [{ types: first }, { types: second }]
  }

  /** The first part is asked for first, and all that follows from it before the second. */
  #queue([first, second]: [Part, Part], piece: RequestPart): void {
    const later = { ...piece, ...second }
    if (later.types.every(type => this.#isDoubtful(type))) this.#doubtful.push(later)
    else this.#parts.push(later)
    this.#parts.push({ ...piece, ...first })
  }

  #isDoubtful(type: string): boolean {
    return this.#refusedAlone.some(pair => pair.type === type && this.#acceptedItems.has(pair.item))
  }

  /** A planned request in which pairs are known to be refused: the others without them, and they by themselves. */
  #withoutKnown(request: RegistrationData): RequestPart[] {
    const { groupNumber, types } = request
    const refusedTypes = (item: string) => types.filter(type => this.#known.evidenceOf(type, item) !== undefined)
    const groups = Map.groupBy(request.items, item => refusedTypes(item).join())
    return [...groups.values()].flatMap(items => {
      const bad = refusedTypes(items[0]!)
      const good = types.filter(type => !bad.includes(type))
      return [
        ...(good.length > 0 ? [{ groupNumber, items, types: good }] : []),
        ...(bad.length > 0 ? [{ groupNumber, items, types: bad, isKnown: true as const }] : []),
      ]
    })
  }
}

type Part = { readonly items: readonly string[] } | { readonly types: readonly string[] }

function pairsOf({ types, items }: RequestPart, evidence: (type: string, item: string) => string): UnregisteredPair[] {
  return items.flatMap(item => types.map(type => ({ type, item, reason: 'registration_refused' as const, evidence: evidence(type, item) })))
}

function keyOf(type: string, item: string): string {
  return `${type}/${item}`
}
