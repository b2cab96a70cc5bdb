import { entities } from '@tickhouse/catalogue'
import { delay, type Logger, messageOf, retry } from '@tickhouse/runtime'
import { diffOf, type Store, type TablePlan } from '@tickhouse/store'

const againMs = 2_000

/** Resolves when every table is there as the catalogue has it; says what is missing as long as something is. */
export async function untilTablesReady(store: Pick<Store, 'tables'>, log: Logger, signal: AbortSignal): Promise<void> {
  const definitions = entities.map(({ table }) => table)
  for (let said = ''; ; await delay(againMs, signal)) {
    const plan = await planned(() => store.tables.plan(definitions, signal), log, signal)
    const difference = differenceOf(plan)
    if (difference === '') return
    if (difference !== said)
      log.error({ difference }, 'Tables are not as the catalogue has them: run `tickhouse tables apply`; waiting for it')
    said = difference
  }
}

function planned(plan: () => Promise<TablePlan>, log: Logger, signal: AbortSignal): Promise<TablePlan> {
  return retry(plan, {
    signal,
    onRetry: (error, attempt, delayMs) =>
      log.warn({ attempt, delayMs, reason: messageOf(error) }, 'Could not look at the tables, trying again'),
  })
}

function differenceOf(plan: TablePlan): string {
  const { create, add, refused } = plan
  return create.length + add.length + refused.length === 0 ? '' : diffOf(plan)
}
