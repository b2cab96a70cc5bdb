import {
  collectorStates,
  datasetCounts,
  healthOf,
  type KnownServices,
  knownServices,
  processesOf,
  type RunFile,
  saidBy,
  titled,
  venueLines,
  venueState,
} from '@tickhouse/page'
import { Command } from 'commander'
import { dataOption } from '../arguments.ts'
import { complain, type Format, formatOption, print, printJson, printLines } from '../output.ts'

const processColumns = ['process', 'pid', 'address', 'health']
const collectorColumns = ['collector', 'state', 'session', 'received', 'published', 'waiting', 'gaps', 'dead_letters']
const datasetColumns = ['dataset', 'received', 'published', 'stored', 'lag']

const examples = `
Examples:
  tickhouse status
  tickhouse status --format json | jq .healthy
  COLLECTOR_URL=http://one:9300,http://two:9300 SINK_URL=http://sink:9300 tickhouse status`

/** `tickhouse status`: how the processes are, and what went through them. Exit code 1 when something is wrong or nothing runs. */
export function status(): Command {
  return new Command('status')
    .description(
      'Show the processes of a running `tickhouse start`, or the services that COLLECTOR_URL and SINK_URL name: health and counts; exit 1 when there is a problem',
    )
    .addOption(dataOption())
    .addOption(formatOption())
    .addHelpText('after', examples)
    .action(async ({ data, format }: { data: string; format: Format }) => {
      const services = await knownServices(process.env, data)
      const isHealthy = services === undefined ? nothingRuns(data, format) : await show(services, format)
      if (!isHealthy) process.exitCode = 1
    })
}

function nothingRuns(data: string, format: Format): boolean {
  if (format === 'json')
    printJson({ healthy: false, page: null, postgres: null, questdb: null, collectors: [], processes: [], datasets: [] })
  else complain(`Nothing runs in ${data}: \`tickhouse start\` starts it (COLLECTOR_URL and SINK_URL name services elsewhere)`)
  return false
}

/** Prints how all are, and says whether they are well. */
async function show(services: KnownServices, format: Format): Promise<boolean> {
  const [healths, said] = await Promise.all([Promise.all(processesOf(services).map(healthOf)), saidBy(services.addresses)])
  const processes = titled(healths, said.collectors)
  const healthy = processes.length > 0 && processes.every(({ health }) => health === 'ready')
  const [collectors, datasets, venue] = [collectorStates(said), datasetCounts(said), venueState(said)]
  const { run } = services
  if (format === 'json') {
    const { page = null, postgres = null, questdb = null } = run ?? {}
    printJson({ healthy, page, postgres, questdb, processes, collectors, datasets, ...venue })
    return healthy
  }
  print(processes, run ? processColumns : processColumns.filter(column => column !== 'pid'), format)
  printLines(['', ...(run ? [...addressLines(run), ''] : [])])
  if (collectors.length > 1) {
    print(collectors, collectorColumns, format)
    printLines([''])
  }
  print(
    datasets.map(counts => ({ ...counts, lag: counts.lag ?? '?' })),
    datasetColumns,
    format,
  )
  printLines(venueLines(venue))
  return healthy
}

function addressLines({ page, postgres, questdb }: RunFile): string[] {
  return [
    `live page: ${page}`,
    ...(postgres === null || questdb === null
      ? []
      : [`PostgreSQL clients: ${postgres}   (only reads; password in ${questdb.readerPasswordFile})`]),
  ]
}
