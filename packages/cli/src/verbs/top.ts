import { Looker, lookOnce, Screen, servicesIn, showLive } from '@tickhouse/page'
import { Command } from 'commander'
import { dataOption } from '../arguments.ts'
import { loadConnections, storeFor, verbLog } from '../connections.ts'
import { printLines } from '../output.ts'
import { endAtOnceOn, stopSignals } from '../stop-signals.ts'

const examples = `
Examples:
  tickhouse top
  tickhouse top --once
  watch -n 10 tickhouse top --once
  COLLECTOR_URL=http://one:9300,http://two:9300 SINK_URL=http://sink:9300 QDB_CLIENT_CONF="http::addr=questdb:9000;" tickhouse top

Ctrl-C ends it.`

/** `tickhouse top`: a running start, or a fleet, at a glance, redrawn every second. */
export function top(): Command {
  return new Command('top')
    .description(
      'Watch a running `tickhouse start`, or the services that COLLECTOR_URL and SINK_URL name: processes, datasets, journal, problems',
    )
    .option('--once', 'print once and exit, which is the default without a terminal')
    .addOption(dataOption())
    .addHelpText('after', examples)
    .action(async ({ once, data }: { once?: true; data: string }) => {
      const { env } = process
      await servicesIn(env, data)
      const { configurationString } = loadConnections(env, data, ['configurationString'])
      const store = storeFor('top', configurationString, env, verbLog('top', env, 'silent'))
      const looker = new Looker(env, data, store)
      const { stop, hurry } = stopSignals()
      endAtOnceOn(hurry, () => 'Ended at once')
      try {
        if (once || !process.stdout.isTTY) printLines(await lookOnce(looker, stop))
        else await showLive(looker, new Screen(process.stdout, process.stderr), stop)
      } finally {
        store.close()
      }
    })
}
