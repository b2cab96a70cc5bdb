import { type FeedGap, feedGaps, intervalOf, missingShares } from '@tickhouse/audit'
import { always, type Interval, koreanTime, readTime, secondsOf } from '@tickhouse/calendar'
import { counted, textTable, UsageError } from '@tickhouse/runtime'
import { Command } from 'commander'
import { dataOption } from '../arguments.ts'
import { loadConnections, withStore } from '../connections.ts'
import { withinMinutes } from '../interruptible.ts'
import { type Format, formatOption, printJson, printLines } from '../output.ts'

interface Options {
  readonly from?: string
  readonly to?: string
  readonly session?: string
  readonly reason?: string
  readonly format: Format
  readonly data: string
}

const columns = ['from', 'to', 'duration', 'reason', 'types', 'symbols', 'missing', 'evidence', 'session']
const help = `
Times are Korean unless they name a zone: 2026-11-25T09:00, 2026-11-25T09:00:30.250, 2026-11-25T00:00Z, 2026-11-25T09:00+09:00.
A date alone (2026-11-25, today, yesterday) means from its first moment, or to its last one.

Examples:
  tickhouse gaps --from today
  tickhouse gaps --from 2026-11-25T09:00 --to 2026-11-25T15:30
  tickhouse gaps --from 2026-11-23 --to 2026-11-27 --reason volume_missing --format json`

/** `tickhouse gaps`: when records may be missing, and why. */
export function gaps(): Command {
  return new Command('gaps')
    .description('List the intervals in which records may be missing, with their reasons, oldest first')
    .option('--from <time>', 'only gaps that end after this time')
    .option('--to <time>', 'only gaps that start before this time')
    .option('--session <id>', 'only gaps that this session recorded')
    .option('--reason <code>', 'only gaps for this reason, such as disconnected or volume_missing')
    .addOption(dataOption())
    .addOption(formatOption())
    .addHelpText('after', help)
    .action(async (options: Options) => {
      const interval = readInterval(options, Date.now() * 1000)
      const found = await ask(options, interval)
      if (options.format === 'json') printJson(report(found))
      else printLines(lines(found))
    })
}

/** The interval that `--from` and `--to` name; open ends reach as far as times do. Throws UsageError. */
export function readInterval({ from, to }: { readonly from?: string; readonly to?: string }, nowUs: number): Interval {
  const fromUs = from === undefined ? always.fromUs : read('--from', from, nowUs).fromUs
  const toUs = to === undefined ? always.toUs : read('--to', to, nowUs).toUs
  if (fromUs >= toUs) throw new UsageError(`Expected --from to be before --to, was ${koreanTime(fromUs)} and ${koreanTime(toUs)}`)
  return { fromUs, toUs }
}

function read(option: string, word: string, nowUs: number): Interval {
  const time = readTime(word, nowUs)
  if (time === undefined)
    throw new UsageError(`Expected a time such as 2026-11-25, 2026-11-25T09:00 (Korean) or 2026-11-25T00:00Z for ${option}, was "${word}"`)
  return time
}

async function ask({ session, reason, data }: Options, interval: Interval): Promise<FeedGap[]> {
  const { configurationString } = loadConnections(process.env, data, ['configurationString'])
  return await withStore('gaps', configurationString, store =>
    withinMinutes('No gap was listed.', ({ tell, signal }) => {
      tell(() => 'Asking table feed_gap')
      return feedGaps(store, { interval, session, reason }, signal)
    }),
  )
}

/** The gaps and what they come to; times in µs. */
function report(found: readonly FeedGap[]) {
  return { gaps: found, total: { gaps: found.length, seconds: secondsOf(found.map(intervalOf)), missing_shares: missingShares(found) } }
}

function lines(found: readonly FeedGap[]): string[] {
  const { gaps: count, seconds, missing_shares } = report(found).total
  const sum = `${counted(count, 'gap')}, ${seconds.toFixed(3)} seconds (overlapping gaps counted once), ${counted(missing_shares, 'share')} missing`
  return count === 0 ? [sum] : [...textTable(found.map(cells), columns).split('\n'), sum]
}

function cells(gap: FeedGap) {
  return { ...gap, from: koreanTime(gap.from), to: koreanTime(gap.to), duration: `${(gap.duration / 1e6).toFixed(3)} s` }
}
