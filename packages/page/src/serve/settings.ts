import { choice, integer, list, optional, text } from '@tickhouse/runtime'

/** What `tickhouse page` takes from its environment, besides the services that it looks at, and QDB_CLIENT_CONF. */
export const pageSettings = {
  host: text('HTTP_HOST', { default: '127.0.0.1', describe: 'Address on which the page listens' }),
  port: optional(
    integer('HTTP_PORT', { min: 0, max: 65_535, defaultText: '9500, or a free port', describe: 'Port of the page. 0 takes a free port' }),
  ),
  hostNames: list('PAGE_HOST_NAMES', { default: [], describe: 'Names by which browsers reach the page, besides localhost and addresses' }),
  commands: choice('PAGE_COMMANDS', ['tickhouse', 'compose'], {
    default: 'tickhouse',
    describe: 'Which commands the page names as remedies',
  }),
}

/** The port where it is free. */
export const pagePort = 9500
