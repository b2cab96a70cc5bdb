import { entities, type TableDefinition } from '@tickhouse/catalogue'
import { delay, type Logger, messageOf, retry } from '@tickhouse/runtime'
import { diffOf, type Store, type TablePlan } from '@tickhouse/store'

/** What looking at tables needs. */
export interface ReadyTablesDeps {
  readonly store: Pick<Store, 'tables'>
  readonly log: Logger
  /** Ends the waiting. */
  readonly signal: AbortSignal
}

interface Waiting {
  readonly definition: TableDefinition
  readonly ready: PromiseWithResolvers<void>
}

const againMs = 2_000

/** Tables that are waited for until they are as the catalogue has them, each on its own; they are looked at together. */
export class ReadyTables {
  readonly #deps: ReadyTablesDeps
  readonly #waiting = new Map<string, Waiting>()
  #differences: ReadonlyMap<string, string> = new Map()
  #watching: Promise<void> | undefined

  constructor(deps: ReadyTablesDeps) {
    this.#deps = deps
  }

  /** What is wrong with the tables that are waited for, by table. */
  get differences(): ReadonlyMap<string, string> {
    return this.#differences
  }

  /** Resolves when the table is there as the catalogue has it; says what is missing as long as something is. */
  until(definition: TableDefinition): Promise<void> {
    const { name } = definition
    const waiting = this.#waiting.get(name) ?? { definition, ready: Promise.withResolvers<void>() }
    this.#waiting.set(name, waiting)
    this.#watching ??= this.#watch().finally(() => {
      this.#watching = undefined
    })
    return waiting.ready.promise
  }

  /** Resolves when all tables of the catalogue are ready, whether anything is read for them or not. */
  async untilAll(): Promise<void> {
    await Promise.all(entities.map(({ table }) => this.until(table)))
  }

  async #watch(): Promise<void> {
    try {
      // All that are asked for in one go are looked at in one go.
      for (await Promise.resolve(); this.#waiting.size > 0; await this.#pause()) await this.#look()
    } catch (error) {
      for (const { ready } of this.#waiting.values()) ready.reject(error)
      this.#waiting.clear()
    }
  }

  async #look(): Promise<void> {
    const { store, log, signal } = this.#deps
    const asked = [...this.#waiting]
    const plan = await planned(
      () =>
        store.tables.plan(
          asked.map(([, { definition }]) => definition),
          signal,
        ),
      log,
      signal,
    )
    const before = this.#differences
    this.#differences = differencesIn(plan)
    for (const [name, { ready }] of asked) {
      if (this.#differences.has(name)) continue
      this.#waiting.delete(name)
      ready.resolve()
    }
    const difference = [...this.#differences.values()].join('\n')
    if (difference !== '' && difference !== [...before.values()].join('\n'))
      log.error({ difference }, 'Tables are not as the catalogue has them: run `tickhouse tables apply`; their datasets wait for it')
  }

  async #pause(): Promise<void> {
    if (this.#waiting.size > 0) await delay(againMs, this.#deps.signal)
  }
}

function planned(plan: () => Promise<TablePlan>, log: Logger, signal: AbortSignal): Promise<TablePlan> {
  return retry(plan, {
    signal,
    onRetry: (error, attempt, delayMs) =>
      log.warn({ attempt, delayMs, reason: messageOf(error) }, 'Could not look at the tables, trying again'),
  })
}

/** What differs, by table. */
function differencesIn({ create, add, refused, ...plan }: TablePlan): Map<string, string> {
  const names = new Set([...create.map(({ name }) => name), ...[...add, ...refused].map(({ table }) => table)])
  return new Map(
    [...names].map(name => [
      name,
      diffOf({
        ...plan,
        create: create.filter(definition => definition.name === name),
        add: add.filter(({ table }) => table === name),
        refused: refused.filter(({ table }) => table === name),
      }),
    ]),
  )
}
