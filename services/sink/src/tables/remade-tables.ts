import { type Entity, entities } from '@tickhouse/catalogue'
import { lookAgain } from '@tickhouse/runtime'
import type { Store } from '@tickhouse/store'

/** What watching needs. */
export interface RemadeTablesDeps {
  readonly store: Pick<Store, 'tableIds'>
  /** Ends a look under way. */
  readonly signal: AbortSignal
  /** Hears of each table that is gone, or is another one by the same name. */
  readonly onGone: (entity: Entity) => void
}

const pollMs = 1_000

/**
 * Notices tables that are dropped, whether they are made again or not. QuestDB takes the rows of a connection that knew such a table and drops
 * them, so its answers to writing do not tell: only rows of a table that is still the same afterwards are stored.
 */
export class RemadeTables {
  readonly #deps: RemadeTablesDeps
  readonly #ids = new Map<string, number>()
  #looking: Promise<void> = Promise.resolve()
  #next: Promise<void> | undefined

  constructor(deps: RemadeTablesDeps) {
    this.#deps = deps
  }

  /** Looks every second until the signal aborts; a QuestDB that does not answer changes nothing. */
  watch(signal: AbortSignal): Promise<void> {
    return lookAgain(
      () => this.look(),
      () => pollMs,
      signal,
    )
  }

  /** Looks once, from now on, together with whoever asks before that look begins; rejects when QuestDB does not answer. */
  look(): Promise<void> {
    if (this.#next !== undefined) return this.#next
    const next = this.#looking
      .catch(() => {})
      .then(() => {
        this.#next = undefined
        return this.#look()
      })
    this.#next = next
    this.#looking = next
    return next
  }

  async #look(): Promise<void> {
    const { store, signal, onGone } = this.#deps
    const now = await store.tableIds(signal)
    for (const entity of entities) {
      const { name } = entity.table
      const [before, id] = [this.#ids.get(name), now.get(name)]
      if (id === undefined) this.#ids.delete(name)
      else this.#ids.set(name, id)
      if (before !== undefined && id !== before) onGone(entity)
    }
  }
}
