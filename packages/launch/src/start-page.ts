import { loadCalendar } from '@tickhouse/calendar'
import { addressesOf, adviceOfStart, MarketReader, type Page, PageLooker, pagePort, servePage } from '@tickhouse/page'
import { createLogger, isPortTaken } from '@tickhouse/runtime'
import { freePort } from '@tickhouse/stack'
import type { Store } from '@tickhouse/store'
import type { StartOptions } from './options.ts'
import type { Servers } from './servers.ts'
import type { Services } from './services.ts'

/** What the page of a start shows. */
export interface PageDeps {
  readonly servers: Servers
  readonly services: Services
  readonly store: Store
}

/** Serves the page of a start on this machine only. */
export async function startPage({ data, env }: StartOptions, { servers, services, store }: PageDeps): Promise<Page> {
  const links = [{ name: 'SQL console', url: servers.consoleUrl }]
  const calendar = loadCalendar(env)
  const market = new MarketReader({ query: store.query, calendar })
  const looker = new PageLooker({
    calendar,
    addresses: () => addressesOf(services.processes()),
    store,
    advice: adviceOfStart(data),
    links,
  })
  const log = createLogger({ name: 'page', level: env['LOG_LEVEL'] || 'warn' })
  const served = (port: number) => servePage({ look: () => looker.look(), market: (...question) => market.answer(...question), port, log })
  try {
    return await served(pagePort)
  } catch (error) {
    if (!isPortTaken(error)) throw error
    return await served(await freePort())
  }
}
