import { datasetOfType } from '@tickhouse/catalogue'
import {
  type CollectorPlan,
  type CollectorShare,
  type EnvironmentName,
  environments,
  type LeftOut,
  limitsOf,
  planCollectors,
  type SymbolLists,
  wantedOf,
  wantedSettings,
} from '@tickhouse/kiwoom'
import { choice, type Env, loadConfig, text } from '@tickhouse/runtime'
import { Command, InvalidArgumentError } from 'commander'
import { count } from '../arguments.ts'
import { type Format, formatOption, printExactly } from '../output.ts'

interface Options {
  readonly collectors?: number
  readonly format: Format
}

const help = `
Each collector has one connection, and each connection needs an app key of its own: the venue ends a session when
its key logs in again. Add the key and a JOURNAL_DIR of its own to each part. All venues of a symbol stay with one
collector; what has no item (account, market-wide) is captured by the first alone.

Examples:
  KIWOOM_ENV=production KIWOOM_SYMBOLS="$(paste -sd, codes.txt)" tickhouse plan
  KIWOOM_ENV=production KIWOOM_TYPES=trade,order_book tickhouse plan --collectors 3
  tickhouse plan --format json

Exit code 1 when something does not fit.`

/** `tickhouse plan`: how many collectors the configured types and items need, and which captures what. */
export function plan(): Command {
  return new Command('plan')
    .description(
      'Show how many connections and app keys KIWOOM_TYPES, KIWOOM_SYMBOLS and their like need, as environment of each collector',
    )
    .option('--collectors <number>', 'divide among this many, instead of as few as possible', atLeastOne)
    .addOption(formatOption())
    .addHelpText('after', help)
    .action(({ collectors, format }: Options) => {
      const { environment, id, divided } = divide(process.env, collectors)
      printExactly(format === 'json' ? json(divided, id) : environmentLines(divided, environment, id))
      if (divided.leftOut.length > 0) process.exitCode = 1
    })
}

function atLeastOne(value: string): number {
  const number = count(value)
  if (number < 1) throw new InvalidArgumentError('Expected at least 1.')
  return number
}

function divide(env: Env, collectors: number | undefined) {
  const { environment, id } = loadConfig(
    {
      environment: choice('KIWOOM_ENV', Object.keys(environments) as EnvironmentName[], { default: 'simulator' }),
      id: text('COLLECTOR_ID', { default: 'collector' }),
    },
    env,
  )
  const wanted = wantedOf(loadConfig(wantedSettings(environment), env))
  return { environment, id, divided: planCollectors(wanted, limitsOf(environment), collectors) }
}

/** The whole is a file of environment lines: everything else is a comment. */
function environmentLines({ shares, leftOut }: CollectorPlan, environment: EnvironmentName, id: string): string {
  const { itemsPerConnection } = limitsOf(environment)
  const keys = shares.length === 1 ? '1 collector with 1 app key' : `${shares.length} collectors, each with an app key of its own`
  const parts = shares.map((share, index) =>
    [
      `# ${index + 1} of ${shares.length}: ${share.items} items, ${pairs(share)} pairs of type and item, ${share.plan.requests.length} requests`,
      `KIWOOM_ENV=${environment}`,
      ...Object.entries(variablesOf(share, `${id}-${index + 1}`)).map(([name, value]) => `${name}=${value}`),
    ].join('\n'),
  )
  return `${[`# ${environment} takes ${itemsPerConnection} items on a connection: ${keys}`, ...parts, ...outside(leftOut)].join('\n\n')}\n`
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
  return { COLLECTOR_ID: id, KIWOOM_TYPES: wanted.types.map(nameOf).join(','), ...Object.fromEntries(lists) }
}

function nameOf(type: string): string {
  return datasetOfType(type)?.name ?? type
}

/** One line per item that has no place. */
function outside(leftOut: readonly LeftOut[]): string[] {
  if (leftOut.length === 0) return []
  const types = new Map<string, string[]>()
  for (const { type, item, reason } of leftOut) {
    const key = `${item || '""'} (${reason})`
    types.set(key, [...(types.get(key) ?? []), nameOf(type)])
  }
  return [['# Does not fit:', ...[...types].map(([item, names]) => `#   ${item}: ${names.join(', ')}`)].join('\n')]
}

function json({ shares, leftOut }: CollectorPlan, id: string): string {
  const collectors = shares.map((share, index) => ({
    environment: variablesOf(share, `${id}-${index + 1}`),
    items: share.items,
    pairs: pairs(share),
    requests: share.plan.requests.length,
  }))
  return `${JSON.stringify({ collectors, leftOut }, null, 2)}\n`
}
