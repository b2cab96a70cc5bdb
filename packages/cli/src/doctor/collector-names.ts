import { fail, type Judgement, ok } from './finding.ts'
import type { Check } from './installation.ts'

/** Judges whether several collectors can be told apart; says nothing of one alone. */
export function judgeCollectorNames(names: readonly string[]): Judgement[] {
  if (names.length < 2) return []
  const twice = [...Map.groupBy(names, name => name)].filter(([, those]) => those.length > 1)
  if (twice.length === 0) return [ok(`each collector has a name of its own: ${names.join(', ')}`)]
  return twice.map(([name, { length }]) =>
    fail(`${length} collectors are called ${name}: nobody can tell their sessions apart`, 'COLLECTOR_ID, another one for each'),
  )
}

/** The names of the collectors that are known. */
export const collectorNames: Check = {
  name: 'collector names',
  needs: [],
  look: async ({ collectors }) => judgeCollectorNames(collectors.map(({ name }) => name)),
}
