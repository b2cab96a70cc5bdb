import { sinkGroupOf } from '@tickhouse/bus'
import { loadCalendar } from '@tickhouse/calendar'
import { type DayShape, storeSampleDay, usualShape } from '@tickhouse/sample-day'
import { Command } from 'commander'
import { count, dataOption } from '../arguments.ts'
import { busFor, loadConnections, withStore } from '../connections.ts'
import { interruptible } from '../interruptible.ts'
import { complain, printLines } from '../output.ts'

interface Options extends Omit<DayShape, 'isDegraded'> {
  readonly date?: string
  readonly degraded?: true
  readonly keepRecords?: true
  readonly data: string
}

const help = `
The day is simulated, and goes the real way: into a journal with the day's own times, from there over Kafka and the sink into QuestDB, where it
is certified. It needs a running \`tickhouse start\`, or a sink and the servers that KAFKA_BROKERS and QDB_CLIENT_CONF name. The same date, seed
and numbers give the same day, and repeating it adds nothing. \`tickhouse start --sample-day\` does the same before it captures.

Exit code 0 when the day is complete (with --degraded: degraded), 1 when it is not.

Examples:
  tickhouse sample-day
  tickhouse sample-day --date 2026-11-26 --symbols 30 --seed 7
  tickhouse sample-day --degraded
  tickhouse sample-day --symbols 3 --records 20000`

const limitMs = 3 * 3_600_000

/** `tickhouse sample-day`: a whole simulated trading day, stored and certified. Exit code 1 when it is not what was asked for. */
export function sampleDay(): Command {
  return new Command('sample-day')
    .description('Store a whole simulated trading day, and certify it')
    .option('--date <date>', 'Korean date of the day (default: the latest trading day that is over and has no rows in QuestDB)')
    .option('--symbols <number>', 'number of stocks that trade', count, usualShape.symbols)
    .option('--records <number>', 'approximate number of records of the day', count, usualShape.records)
    .option('--seed <number>', 'seed of the simulated market', count, usualShape.seed)
    .option('--keep-records', 'let Kafka keep records for ever from now on, so that an old date can be used')
    .option('--degraded', 'make a day that loses its connection once and misses some trades')
    .addOption(dataOption())
    .addHelpText('after', help)
    .action(async ({ date, degraded, data, ...shape }: Options) => {
      const { env } = process
      const { brokers, configurationString } = loadConnections(env, data, ['brokers', 'configurationString'])
      const undone = () => 'What is in Kafka is stored; run the same command again, and it goes on.'
      const deps = {
        bus: busFor('sample-day', brokers, env),
        calendar: loadCalendar(env),
        group: sinkGroupOf(env),
        env: { ...env, KAFKA_BROKERS: brokers.join(',') },
        say: complain,
      }
      const work = { date, data, isDegraded: degraded === true, ...shape }
      const { summary, isAsAsked } = await withStore('sample-day', configurationString, store =>
        interruptible({ limitMs, undone }, doing => storeSampleDay(work, { ...deps, store, ...doing })),
      )
      printLines(summary.split('\n'))
      if (!isAsAsked) process.exitCode = 1
    })
}
