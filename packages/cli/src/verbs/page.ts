import { once } from 'node:events'
import { loadCalendar } from '@tickhouse/calendar'
import {
  type Advice,
  adviceByHand,
  adviceOfCompose,
  adviceOfStart,
  knownServices,
  MarketReader,
  namesServices,
  type Page,
  PageLooker,
  pagePort,
  pageSettings,
  type ServiceAddresses,
  servePage,
} from '@tickhouse/page'
import { type Env, type Logger, loadConfig } from '@tickhouse/runtime'
import { freePort } from '@tickhouse/stack'
import { openStore, type Store } from '@tickhouse/store'
import { Command } from 'commander'
import { dataOption } from '../arguments.ts'
import { loadConnections, verbLog } from '../connections.ts'
import { printLines } from '../output.ts'
import { endAtOnceOn, stopSignals } from '../stop-signals.ts'

const examples = `
Examples:
  tickhouse page                                   of the running start; \`start\` serves one by itself
  COLLECTOR_URL=http://127.0.0.1:9300 SINK_URL=http://127.0.0.1:9301 QDB_CLIENT_CONF="http::addr=127.0.0.1:9000;" tickhouse page

COLLECTOR_URL and SINK_URL take several addresses, with commas between them.
Settings: HTTP_HOST (127.0.0.1), HTTP_PORT (9500), PAGE_HOST_NAMES (names besides localhost and addresses), PAGE_COMMANDS (tickhouse, compose).
It asks for no password: whoever reaches it reads it. Ctrl-C ends it.`

/** `tickhouse page`: the pipeline live in a browser. */
export function page(): Command {
  return new Command('page')
    .description('Serve a page that shows the pipeline live in a browser: rates, lag, latency, sessions, gaps and problems')
    .addOption(dataOption())
    .addHelpText('after', examples)
    .action(async ({ data }: { data: string }) => {
      const { env } = process
      const { stop, hurry } = stopSignals()
      endAtOnceOn(hurry, () => 'Ended at once')
      const { configurationString } = loadConnections(env, data, ['configurationString'])
      const log = verbLog('page', env)
      const store = openStore({ configurationString, log: verbLog('page', env, 'silent') })
      try {
        const served = await serve(env, data, { store, log })
        printLines([served.url])
        if (!stop.aborted) await once(stop, 'abort')
        await served.close()
      } finally {
        store.close()
      }
    })
}

async function serve(env: Env, data: string, { store, log }: { store: Store; log: Logger }): Promise<Page> {
  const { host, port, hostNames, commands } = loadConfig(pageSettings, env)
  const sources = { addresses: () => addressesNow(env, data), advice: adviceOf(commands, env, data) }
  await sources.addresses()
  const calendar = loadCalendar(env)
  const market = new MarketReader({ query: store.query, calendar })
  const looker = new PageLooker({ calendar, store, links: [], ...sources })
  return await servePage({
    look: () => looker.look(),
    market: (...question) => market.answer(...question),
    host,
    port: port ?? (await freePort(pagePort)),
    hostNames,
    log,
  })
}

/** What the environment does not name comes from the running start, anew at each look: services that were restarted are elsewhere. */
async function addressesNow(env: Env, data: string): Promise<ServiceAddresses> {
  return (await knownServices(env, data))?.addresses ?? { collectors: [], sinks: [] }
}

function adviceOf(commands: 'tickhouse' | 'compose', env: Env, data: string): Advice {
  if (commands === 'compose') return adviceOfCompose
  return namesServices(env) ? adviceByHand : adviceOfStart(data)
}
