import { entityOf } from '@tickhouse/catalogue'
import { jsonLines, showRecords, textLines } from '@tickhouse/page'
import { UsageError } from '@tickhouse/runtime'
import { Command, Option } from 'commander'
import { count, dataOption, durationMs } from '../arguments.ts'
import { busFor, loadConnections } from '../connections.ts'
import { endAtOnceOn, stopSignals } from '../stop-signals.ts'

interface Options {
  readonly symbol?: string
  readonly venue?: string
  readonly since?: number
  readonly count?: number
  readonly format: 'text' | 'json'
  readonly data: string
}

const examples = `
Examples:
  tickhouse tail trade
  tickhouse tail order_book --symbol 005930 --venue NXT
  tickhouse tail trade --since 5m --format json | jq .price
  tickhouse tail feed_gap --since 24h --count 10

Times are Korean. \`catalogue <dataset>\` tells what the columns mean. Ctrl-C ends it; no consumer group is joined.`

/** `tickhouse tail <dataset>`: the records of a dataset as they come through Kafka. */
export function tail(): Command {
  return new Command('tail')
    .description('Show the records of a dataset as they arrive in Kafka, one line each')
    .argument('<dataset>', 'name of a dataset, such as trade')
    .option('--symbol <code>', 'only this symbol, such as 005930')
    .addOption(new Option('--venue <venue>', 'only this venue').choices(['KRX', 'NXT', 'SOR', '*']))
    .option('--since <duration>', 'start this far back, such as 30s, 5m or 24h, instead of now', durationMs)
    .option('--count <records>', 'stop after this many records', count)
    .addOption(
      new Option('--format <format>', 'how to print: a choice of columns, or records as they are')
        .choices(['text', 'json'])
        .default('text'),
    )
    .addOption(dataOption())
    .addHelpText('after', examples)
    .action(async (dataset: string, { symbol, venue, since, count: most, format, data }: Options) => {
      const entity = entityFor(dataset)
      const bus = busFor('tail', loadConnections(process.env, data, ['brokers']).brokers, process.env)
      const sinceMs = since === undefined ? undefined : Date.now() - since
      const lines = format === 'json' ? jsonLines : textLines(entity)
      const { stop, hurry } = stopSignals()
      endAtOnceOn(hurry, () => 'Ended at once; records that had been read may not have been printed')
      await showRecords({ bus, entity, sinceMs, symbol, venue, count: most, lines, out: process.stdout }, stop)
    })
}

function entityFor(dataset: string) {
  try {
    return entityOf(dataset)
  } catch (error) {
    throw new UsageError((error as Error).message)
  }
}
