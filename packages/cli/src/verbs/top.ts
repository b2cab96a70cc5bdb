import { Command } from 'commander'
import { dataOption } from '../arguments.ts'
import { storeFor, verbLog } from '../connect.ts'
import { loadConnections } from '../connections.ts'
import { printLines } from '../output.ts'
import { Screen } from '../start/screen.ts'
import { endAtOnceOn, stopSignals } from '../start/stop-signals.ts'
import { Looker, runIn } from '../top/look.ts'
import { lookOnce, showLive } from '../top/top.ts'

/** `tickhouse top`: a running start at a glance, redrawn every second. */
export function top(): Command {
  return new Command('top')
    .description('Show a running `tickhouse start` live: processes, datasets, journal, and what is wrong')
    .option('--once', 'print once and exit, as without a terminal')
    .addOption(dataOption())
    .addHelpText('after', '\nExamples:\n  tickhouse top\n  tickhouse top --once\n  watch -n 10 tickhouse top --once\n\nCtrl-C ends it.')
    .action(async ({ once, data }: { once?: true; data: string }) => {
      const run = runIn(data)
      const { configurationString } = loadConnections(process.env, data, ['configurationString'])
      const store = storeFor('top', configurationString, process.env, verbLog('top', process.env, 'silent'))
      const looker = new Looker(data, run, store)
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
