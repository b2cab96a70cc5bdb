import type { Pair } from '@tickhouse/kiwoom'
import type { Interference, Refusable } from '@tickhouse/venue-server'

/** Something that is still to happen so many times. */
class Remaining<T> {
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

/** The faults that wait for a request or a connection, or hold until they are replaced. */
export class PendingFaults implements Interference {
  /** The last one counts. */
  refusedItems: RefusedItems | undefined
  /** Names that the list of instruments has instead, by symbol; null where it leaves the symbol out. */
  readonly renamed = new Map<string, string | null>()
  /** Items of which nothing is sent. */
  muted: ReadonlySet<string> = new Set()
  /** Texts that come before the answer to a LOGIN. */
  readonly early = new Remaining<string>()
  /** Connections that are to be closed right after they open. */
  readonly hangUps = new Remaining<true>()
  readonly refusals = new Remaining<{ readonly what: Refusable; readonly code: number }>()

  refusalOf(what: Refusable): number | null {
    return this.refusals.take(refusal => refusal.what === what)?.code ?? null
  }

  refusalOfPairs(pairs: readonly Pair[]): number | null {
    if (this.refusedItems === undefined) return null
    const { items, types, code } = this.refusedItems
    return pairs.some(({ type, item }) => items.includes(item) && (types === undefined || types.includes(type))) ? code : null
  }

  isMuted(item: string): boolean {
    return this.muted.has(item)
  }

  takeEarlyText(): string | undefined {
    return this.early.take()
  }

  takeHangUp(): boolean {
    return this.hangUps.take() === true
  }
}
