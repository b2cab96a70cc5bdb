import { choice, integer, list, optional, text } from '@tickhouse/runtime'

/** What `tickhouse page` takes from its environment, besides the services that it looks at, and QDB_CLIENT_CONF. */
export const pageSettings = {
  host: text('HTTP_HOST', { default: '127.0.0.1', describe: 'Where the page listens' }),
  port: optional(integer('HTTP_PORT', { min: 0, max: 65_535, describe: 'On which port; 9500 or, where that is taken, another' })),
  hostNames: list('PAGE_HOST_NAMES', { default: [], describe: 'Names by which browsers reach it, besides localhost and addresses' }),
  commands: choice('PAGE_COMMANDS', ['tickhouse', 'compose'], { default: 'tickhouse', describe: 'Which commands it names as remedies' }),
}

/** The port where it is free. */
export const pagePort = 9500
