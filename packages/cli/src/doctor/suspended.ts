import type { WalState } from '@tickhouse/store'
import { fail, type Judgement, ok } from './finding.ts'
import type { Check } from './installation.ts'

/** Judges how far the tables have got with their write-ahead log. */
export function judgeSuspended(states: readonly Pick<WalState, 'table' | 'suspended' | 'error'>[]): Judgement[] {
  const suspended = states.filter(state => state.suspended)
  if (suspended.length === 0) return [ok('no table is suspended')]
  return suspended.map(({ table, error }) =>
    fail(
      `${table} takes rows without showing them${error ? `: ${error}` : ''}`,
      `ALTER TABLE ${table} RESUME WAL;   (once the cause is gone)`,
    ),
  )
}

/** Tables that take rows and do not show them. */
export const suspended: Check = {
  name: 'suspended tables',
  needs: ['questdb'],
  look: async ({ store }, signal) => judgeSuspended(await store!.walStates(signal)),
}
