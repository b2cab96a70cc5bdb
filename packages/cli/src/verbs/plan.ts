import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { clashesOf, collectorFiles } from '@tickhouse/doctor'
import { type DivisionOptions, limitsOf, partsOf, planCollectors, planJson, planText, wantedIn } from '@tickhouse/kiwoom'
import { type Env, loadConfig, text, UsageError } from '@tickhouse/runtime'
import { Command, InvalidArgumentError } from 'commander'
import { count } from '../arguments.ts'
import { type Format, formatOption, printExactly, printJson, printLines } from '../output.ts'

interface Options {
  readonly collectors?: number
  readonly output?: string
  readonly check?: readonly string[]
  readonly format: Format
}

const help = `
Each collector has one connection, and each connection needs an app key of its own: the venue ends a session when
its key logs in again. Add the key and a JOURNAL_DIR of its own to each part. All venues of a symbol stay with one
collector; what has no item (account, market-wide) is captured by the first alone.
What two collectors capture is stored once for each: --check reads their environments and refuses that.

Examples:
  KIWOOM_ENV=production KIWOOM_SYMBOLS="$(paste -sd, codes.txt)" tickhouse plan
  KIWOOM_ENV=production KIWOOM_TYPES=trade,order_book tickhouse plan --collectors 3 --output fleet
  tickhouse plan --check fleet/collector-1.env fleet/collector-2.env
  tickhouse plan --format json

Exit code 1 when something does not fit, or collectors clash.`

/** `tickhouse plan`: how many collectors the configured types and items need, and which captures what. */
export function plan(): Command {
  return new Command('plan')
    .description('Show how many connections and app keys the wanted types and items need, with the environment of each collector')
    .option('--collectors <number>', 'divide the items among this many collectors instead of as few as possible', atLeastOne)
    .option('--output <folder>', 'also write the environment of each collector to COLLECTOR_ID.env in this folder')
    .option('--check <file...>', 'check instead whether collectors with these environments can run side by side')
    .addOption(formatOption())
    .addHelpText('after', help)
    .action(({ collectors, output, check, format }: Options) => {
      if (check !== undefined && (collectors !== undefined || output !== undefined))
        throw new UsageError('Expected --check alone, without --collectors and --output')
      const isFine = check === undefined ? divide({ collectors, output, format }) : compare(check, format)
      if (!isFine) process.exitCode = 1
    })
}

function atLeastOne(value: string): number {
  const number = count(value)
  if (number < 1) throw new InvalidArgumentError('Expected at least 1.')
  return number
}

/** Prints and writes the parts; false when something does not fit. */
function divide({ collectors, output, format }: Pick<Options, 'format'> & { collectors: number | undefined; output: string | undefined }) {
  const division = divisionOf(process.env, collectors)
  if (output !== undefined) mkdirSync(output, { recursive: true })
  if (output !== undefined) for (const { id, text } of partsOf(division)) writeFileSync(join(output, `${id}.env`), `${text}\n`)
  printExactly(format === 'json' ? planJson(division) : planText(division))
  return division.leftOut.length === 0
}

function divisionOf(env: Env, collectors: number | undefined): DivisionOptions {
  const { environment, wanted } = wantedIn(env)
  const { id } = loadConfig({ id: text('COLLECTOR_ID', { default: 'collector' }) }, env)
  return { environment, id, ...planCollectors(wanted, limitsOf(environment), collectors) }
}

/** Says what collectors must not have in common; false when there is something. */
function compare(paths: readonly string[], format: Format): boolean {
  if (paths.length < 2) throw new UsageError('Expected the files of two collectors or more with --check')
  const clashes = clashesOf(collectorFiles(paths))
  if (format === 'json') printJson({ clashes })
  else printLines(clashes.length === 0 ? [`${paths.length} collectors can run side by side`] : clashes)
  return clashes.length === 0
}
