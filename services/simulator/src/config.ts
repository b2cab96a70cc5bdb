import { simulatorCredentials } from '@tickhouse/kiwoom'
import { type ConfigOf, integer, list, optional, secret, text } from '@tickhouse/runtime'
import { defaultOptions, type SimulatorOptions } from './options.ts'

/** Every setting of the simulator. */
export const configSpec = {
  port: integer('SIMULATOR_PORT', {
    default: 0,
    min: 0,
    max: 65_535,
    describe: 'Port of the venue, REST and WebSocket; 0 takes a free one',
  }),
  host: text('SIMULATOR_HOST', { default: '127.0.0.1', describe: 'Address the venue listens on' }),
  rate: integer('SIMULATOR_RATE', {
    default: 50,
    min: 0,
    max: 1_000_000,
    describe: 'REAL frames per second; 0 is as fast as they are read',
  }),
  seed: integer('SIMULATOR_SEED', { default: 1, min: 0, describe: 'The same seed and registrations give the same frames' }),
  framesDirectory: optional(text('SIMULATOR_FRAMES', { describe: 'Folder of .json frames to send once instead of a made-up market' })),
  ledgerFile: optional(text('SIMULATOR_LEDGER', { describe: 'File that gets a line of JSON for every frame sent' })),
  pingSeconds: integer('SIMULATOR_PING_SECONDS', { default: 10, min: 0, max: 3_600, describe: 'Pause between PINGs; 0 sends none' }),
  maxFrames: optional(integer('SIMULATOR_MAX_FRAMES', { min: 0, describe: 'Stop making frames after so many' })),
  appKeys: list('SIMULATOR_APP_KEY', {
    default: [simulatorCredentials.appKey],
    describe: 'The app keys that are accepted; each has one connection, as with the venue',
  }),
  secretKey: secret('SIMULATOR_SECRET_KEY', { default: simulatorCredentials.secretKey, describe: 'The secret key of each of them' }),
  httpPort: integer('HTTP_PORT', {
    default: 0,
    min: 0,
    max: 65_535,
    describe: 'Port of /live, /ready, /metrics and /status; 0 takes a free one',
  }),
  httpHost: text('HTTP_HOST', { default: '127.0.0.1', describe: 'Address that port listens on' }),
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
    framesDirectory: config.framesDirectory ?? null,
    maxFrames: config.maxFrames ?? null,
    ledgerFile: config.ledgerFile ?? null,
    keepLedger: false,
    credentials: config.appKeys.map(appKey => ({ appKey, secretKey: config.secretKey })),
    limits: { ...defaultOptions.limits, pingMs, heartbeatMs: 7 * pingMs },
  }
}
