import { choice, integer, list, optional, text } from '@tickhouse/runtime'

/** What `tickhouse page` takes from its environment, besides QDB_CLIENT_CONF. */
export const pageSettings = {
  collector: optional(text('COLLECTOR_URL', { describe: 'Where the collector serves /status, such as http://collector:9300' })),
  sinks: list('SINK_URL', { default: [], describe: 'Where sinks serve /status, such as http://sink:9300; a name may lead to several' }),
  host: text('HTTP_HOST', { default: '127.0.0.1', describe: 'Where the page listens' }),
  port: optional(integer('HTTP_PORT', { min: 0, max: 65_535, describe: 'On which port; 9500 or, where that is taken, another' })),
  hostNames: list('PAGE_HOST_NAMES', { default: [], describe: 'Names by which browsers reach it, besides localhost and addresses' }),
  commands: choice('PAGE_COMMANDS', ['tickhouse', 'compose'], { default: 'tickhouse', describe: 'Which commands it names as remedies' }),
}

/** The port where it is free. */
export const pagePort = 9500
