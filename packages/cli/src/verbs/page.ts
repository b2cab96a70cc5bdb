import { once } from 'node:events'
import { loadCalendar } from '@tickhouse/calendar'
import { type Page, servePage } from '@tickhouse/page'
import { type Env, type Logger, loadConfig } from '@tickhouse/runtime'
import { freePort } from '@tickhouse/stack'
import { openStore, type Store } from '@tickhouse/store'
import { Command } from 'commander'
import { dataOption } from '../arguments.ts'
import { verbLog } from '../connect.ts'
import { loadConnections } from '../connections.ts'
import { printLines } from '../output.ts'
import { adviceOfCompose, adviceOfParts, adviceOfStart } from '../page/advice.ts'
import { PageLooker, type PageSources } from '../page/page-looker.ts'
import { pagePort, pageSettings } from '../page/settings.ts'
import { addressesOf, readRunFile } from '../run-file.ts'
import { sinksBehind } from '../sinks.ts'
import { endAtOnceOn, stopSignals } from '../start/stop-signals.ts'

const examples = `
Examples:
  tickhouse page                                   of the running start; \`start\` serves one by itself
  COLLECTOR_URL=http://127.0.0.1:9300 SINK_URL=http://127.0.0.1:9301 QDB_CLIENT_CONF="http::addr=127.0.0.1:9000;" tickhouse page

Settings: HTTP_HOST (127.0.0.1), HTTP_PORT (9500), PAGE_HOST_NAMES (names besides localhost and addresses), PAGE_COMMANDS (tickhouse, compose).
It asks for no password: whoever reaches it reads it. Ctrl-C ends it.`

/** `tickhouse page`: the pipeline live in a browser. */
export function page(): Command {
  return new Command('page')
    .description('Serve a page that shows the pipeline live in a browser: rates, lag, latency, sessions, gaps, and what is wrong')
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
  const { host, port, hostNames, ...settings } = loadConfig(pageSettings, env)
  const looker = new PageLooker({ calendar: loadCalendar(env), store, links: [], ...sourcesOf(settings, data) })
  return await servePage({ look: () => looker.look(), host, port: port ?? (await freePort(pagePort)), hostNames, log })
}

type Settings = { readonly collector: string | undefined; readonly sinks: readonly string[]; readonly commands: 'tickhouse' | 'compose' }

/** What the environment does not name comes from the running start, anew at each look: services that were restarted are elsewhere. */
function sourcesOf({ collector, sinks, commands }: Settings, data: string): Pick<PageSources, 'addresses' | 'advice'> {
  const named = collector !== undefined || sinks.length > 0
  const advice = commands === 'compose' ? adviceOfCompose : named ? adviceOfParts : adviceOfStart(data)
  const addresses = async () => (named ? { collector, sinks: await sinksBehind(sinks) } : addressesOf(readRunFile(data)?.processes ?? []))
  return { addresses, advice }
}
