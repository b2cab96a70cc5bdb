import { Command } from 'commander'
import { dataOption } from '../arguments.ts'
import { complain, type Format, formatOption, print, printJson, printLines } from '../output.ts'
import { type RunFile, readRunFile } from '../run-file.ts'
import { datasetCounts, healthOf, venueLines, venueState } from '../run-status.ts'

const processColumns = ['process', 'pid', 'address', 'health']
const datasetColumns = ['dataset', 'received', 'published', 'stored', 'lag']

/** `tickhouse status`: how the processes of a running start are, and what went through them. Exit code 1 when something is wrong or nothing runs. */
export function status(): Command {
  return new Command('status')
    .description('Show the processes of a running `tickhouse start`, their health and their counts; exit 1 when something is wrong')
    .addOption(dataOption())
    .addOption(formatOption())
    .addHelpText('after', '\nExamples:\n  tickhouse status\n  tickhouse status --format json | jq .healthy')
    .action(async ({ data, format }: { data: string; format: Format }) => {
      const run = readRunFile(data)
      const processes = run === undefined ? [] : await Promise.all(run.processes.map(healthOf))
      const datasets = run === undefined ? [] : await datasetCounts(run)
      const venue = run === undefined ? undefined : await venueState(run)
      const healthy = processes.length > 0 && processes.every(({ health }) => health === 'ready')
      if (format === 'json')
        printJson({
          healthy,
          page: run?.page ?? null,
          postgres: run?.postgres ?? null,
          questdb: run?.questdb ?? null,
          processes,
          datasets,
          ...venue,
        })
      else if (run === undefined) complain(`Nothing runs in ${data}: \`tickhouse start\` starts it`)
      else {
        print(processes, processColumns, format)
        printLines(['', ...addressLines(run), ''])
        print(
          datasets.map(counts => ({ ...counts, lag: counts.lag ?? '?' })),
          datasetColumns,
          format,
        )
        printLines(venue === undefined ? [] : venueLines(venue))
      }
      if (!healthy) process.exitCode = 1
    })
}

function addressLines({ page, postgres, questdb }: RunFile): string[] {
  return [
    `live page: ${page}`,
    ...(postgres === null || questdb === null ? [] : [`PostgreSQL clients: ${postgres}   (password in ${questdb.passwordFile})`]),
  ]
}
