/** What can be refused. */
export type Refusable = 'token' | 'login' | 'registration' | 'list'

/** Something that is still to happen so many times. */
export class Remaining<T> {
  readonly #waiting: { value: T; times: number }[] = []

  add(value: T, times: number): void {
    if (times > 0) this.#waiting.push({ value, times })
  }

  /** Takes one; undefined when nothing is left. */
  take(fits: (value: T) => boolean = () => true): T | undefined {
    const index = this.#waiting.findIndex(({ value }) => fits(value))
    const next = this.#waiting[index]
    if (next === undefined) return undefined
    if (--next.times === 0) this.#waiting.splice(index, 1)
    return next.value
  }
}

/** Which registrations are refused for what they hold. */
interface RefusedItems {
  readonly items: readonly string[]
  readonly types?: readonly string[]
  readonly code: number
}

/** The refusals that are still to come. */
export class Refusals {
  /** The last one counts. */
  items: RefusedItems | undefined
  readonly #remaining = new Remaining<{ what: Refusable; code: number }>()

  add(what: Refusable, code: number, times: number): void {
    this.#remaining.add({ what, code }, times)
  }

  /** The code to refuse this request with, or null where it is to be treated as always. */
  take(what: Refusable): number | null {
    return this.#remaining.take(refusal => refusal.what === what)?.code ?? null
  }
}

/** The code to refuse a registration with for one of its pairs, or null. */
export function codeFor(
  refused: RefusedItems | undefined,
  pairs: readonly { readonly type: string; readonly item: string }[],
): number | null {
  if (refused === undefined) return null
  const { items, types, code } = refused
  return pairs.some(({ type, item }) => items.includes(item) && (types === undefined || types.includes(type))) ? code : null
}
