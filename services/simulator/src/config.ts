import { TradingCalendar } from '@tickhouse/calendar'
import { simulatorCredentials } from '@tickhouse/kiwoom'
import { type ConfigOf, choice, integer, list, optional, secret, text } from '@tickhouse/runtime'
import { usualVenue, type VenueOptions } from '@tickhouse/venue-server'
import type { ScriptedFault } from './faults/faults.ts'

/** Every setting of the simulator. */
export const configSpec = {
  port: integer('SIMULATOR_PORT', {
    default: 0,
    min: 0,
    max: 65_535,
    describe: 'Port of the simulated venue, for REST and WebSocket. 0 takes a free port',
  }),
  host: text('SIMULATOR_HOST', { default: '127.0.0.1', describe: 'Address on which the simulated venue listens' }),
  rate: integer('SIMULATOR_RATE', {
    default: 50,
    min: 0,
    max: 1_000_000,
    unit: 'frames per second',
    describe: 'How fast frames are sent. 0 sends them as fast as they are read',
  }),
  seed: integer('SIMULATOR_SEED', {
    default: 1,
    min: 0,
    describe: 'Seed of the simulated market. The same seed and registrations give the same frames',
  }),
  hours: choice('SIMULATOR_HOURS', ['always', 'calendar'], {
    default: 'always',
    describe: 'When the simulated market trades: day and night, or in the phases of the trading calendar by the clock',
  }),
  framesDirectory: optional(
    text('SIMULATOR_FRAMES', { describe: 'Folder of .json frames that are sent once, instead of a simulated market' }),
  ),
  ledgerFile: optional(text('SIMULATOR_LEDGER', { describe: 'File to which every frame that is sent adds a line of JSON' })),
  pingSeconds: integer('SIMULATOR_PING_SECONDS', {
    default: 10,
    min: 0,
    max: 3_600,
    unit: 's',
    describe: 'Time between two PINGs. 0 sends none',
  }),
  maxFrames: optional(
    integer('SIMULATOR_MAX_FRAMES', {
      min: 0,
      unit: 'frames',
      defaultText: 'no limit',
      describe: 'The simulated market ends after this many frames',
    }),
  ),
  appKeys: list('SIMULATOR_APP_KEY', {
    default: [simulatorCredentials.appKey],
    describe: 'App keys that the simulator accepts. Each has one connection, as at the venue',
  }),
  secretKey: secret('SIMULATOR_SECRET_KEY', {
    default: simulatorCredentials.secretKey,
    describe: 'Secret key that belongs to each app key',
  }),
  httpPort: integer('HTTP_PORT', {
    default: 0,
    min: 0,
    max: 65_535,
    describe: 'Port of /live, /ready, /metrics and /status. 0 takes a free port',
  }),
  httpHost: text('HTTP_HOST', { default: '127.0.0.1', describe: 'Address on which that port listens' }),
} as const

/** What a simulator does by its settings; a session without echo ends after seven PINGs. */
export function optionsOf(config: ConfigOf<typeof configSpec>): SimulatorOptions {
  const pingMs = config.pingSeconds * 1_000
  return {
    ...defaultOptions,
    host: config.host,
    port: config.port,
    rate: config.rate,
    seed: config.seed,
    hours: config.hours,
    framesDirectory: config.framesDirectory ?? null,
    maxFrames: config.maxFrames ?? null,
    ledgerFile: config.ledgerFile ?? null,
    keepLedger: false,
    credentials: config.appKeys.map(appKey => ({ appKey, secretKey: config.secretKey })),
    limits: { ...defaultOptions.limits, pingMs, heartbeatMs: 7 * pingMs },
  }
}

/** How a simulator behaves; everything has a default. */
export interface SimulatorOptions extends VenueOptions {
  readonly host: string
  /** 0 takes a free one. */
  readonly port: number
  /** REAL frames per second; 0 sends as fast as the reader reads. */
  readonly rate: number
  /** The same seed and registrations give the same frames. */
  readonly seed: number
  /** `always` trades day and night; `calendar` keeps to the phases of the trading calendar. */
  readonly hours: 'always' | 'calendar'
  /** The calendar that it keeps to. */
  readonly calendar: TradingCalendar
  /** A folder of `.json` files, each a REAL frame: these are sent once, byte for byte, instead of a made-up market. */
  readonly framesDirectory: string | null
  /** Stop making frames after so many; null goes on. */
  readonly maxFrames: number | null
  /** A file that gets a line of JSON for every frame; null keeps none. */
  readonly ledgerFile: string | null
  /** Whether the entries of the ledger stay in memory too; they grow with every frame. */
  readonly keepLedger: boolean
  /** Instruments on one page of a list. */
  readonly rowsPerPage: number
  readonly faults: readonly ScriptedFault[]
}

/** What a simulator does when it is told nothing else. */
export const defaultOptions: SimulatorOptions = {
  ...usualVenue,
  host: '127.0.0.1',
  port: 0,
  rate: 50,
  seed: 1,
  hours: 'always',
  calendar: new TradingCalendar(),
  framesDirectory: null,
  maxFrames: null,
  ledgerFile: null,
  keepLedger: true,
  rowsPerPage: 100,
  faults: [],
}
