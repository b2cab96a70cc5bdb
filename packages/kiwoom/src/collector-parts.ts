import { datasetOfType } from '@tickhouse/catalogue'
import type { CollectorPlan, CollectorShare } from './collector-plan.ts'
import { type EnvironmentName, limitsOf } from './environments.ts'
import type { LeftOut, SymbolLists } from './registration-plan.ts'

/** What is divided among collectors: the venue, and the name that theirs begin with. */
export interface DivisionOptions extends CollectorPlan {
  readonly environment: EnvironmentName
  readonly id: string
}

/** What one collector captures, as its environment; everything else in it is a comment. */
export interface Part {
  /** Its COLLECTOR_ID. */
  readonly id: string
  readonly text: string
}

/** The part of each collector. */
export function partsOf(division: DivisionOptions): Part[] {
  const { shares, environment } = division
  return shares.map((share, index) => {
    const variables = { KIWOOM_ENV: environment, ...variablesOf(share, idOf(division, index)) }
    const head = `# ${index + 1} of ${shares.length}: ${share.items} items, ${pairs(share)} pairs of type and item, ${share.plan.requests.length} requests`
    return { id: idOf(division, index), text: [head, ...Object.entries(variables).map(([name, value]) => `${name}=${value}`)].join('\n') }
  })
}

/** All parts in one text, and what has no place. */
export function planText(division: DivisionOptions): string {
  const { shares, leftOut, environment } = division
  const { itemsPerConnection } = limitsOf(environment)
  const keys = shares.length === 1 ? '1 collector with 1 app key' : `${shares.length} collectors, each with an app key of its own`
  const head = `# ${environment} takes ${itemsPerConnection} items on a connection: ${keys}`
  return `${[head, ...partsOf(division).map(({ text }) => text), ...outside(leftOut)].join('\n\n')}\n`
}

/** The same for programs. */
export function planJson(division: DivisionOptions): string {
  const collectors = division.shares.map((share, index) => ({
    environment: variablesOf(share, idOf(division, index)),
    items: share.items,
    pairs: pairs(share),
    requests: share.plan.requests.length,
  }))
  return `${JSON.stringify({ collectors, leftOut: division.leftOut }, null, 2)}\n`
}

function idOf({ id }: DivisionOptions, index: number): string {
  return `${id}-${index + 1}`
}

function pairs({ plan }: CollectorShare): number {
  return plan.requests.reduce((sum, { types, items }) => sum + types.length * items.length, 0)
}

const listVariables: Record<keyof SymbolLists, string> = {
  stock: 'KIWOOM_SYMBOLS',
  etf: 'KIWOOM_ETFS',
  elw: 'KIWOOM_ELWS',
  sector: 'KIWOOM_SECTORS',
  gold: 'KIWOOM_GOLD',
}

/** A list that is empty stays unset: its types are not among those of the collector. */
function variablesOf({ wanted }: CollectorShare, id: string): Record<string, string> {
  const lists = Object.entries(listVariables)
    .map(([kind, variable]) => [variable, wanted.symbols[kind as keyof SymbolLists].join(',')] as const)
    .filter(([, items]) => items !== '')
  return { COLLECTOR_ID: id, KIWOOM_TYPES: wanted.types.map(datasetNameOf).join(','), ...Object.fromEntries(lists) }
}

/** The dataset of a type, or the type where the catalogue knows none. */
export function datasetNameOf(type: string): string {
  return datasetOfType(type)?.name ?? type
}

/** One line per item that has no place. */
function outside(leftOut: readonly LeftOut[]): string[] {
  if (leftOut.length === 0) return []
  const types = new Map<string, string[]>()
  for (const { type, item, reason } of leftOut) {
    const key = `${item || '""'} (${reason})`
    types.set(key, [...(types.get(key) ?? []), datasetNameOf(type)])
  }
  return [['# Does not fit:', ...[...types].map(([item, names]) => `#   ${item}: ${names.join(', ')}`)].join('\n')]
}
