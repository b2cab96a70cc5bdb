import { hostname } from 'node:os'
import { kafkaSettings } from '@tickhouse/bus'
import { calendarSettings } from '@tickhouse/calendar'
import {
  type EnvironmentName,
  environments,
  limitsOf,
  planRegistration,
  type RegistrationPlan,
  simulatorCredentials,
  wantedOf,
  wantedSettings,
} from '@tickhouse/kiwoom'
import {
  ConfigError,
  type ConfigOf,
  choice,
  clockSlack,
  duration,
  type Env,
  flag,
  integer,
  list,
  loadConfig,
  optional,
  parseDurationMs,
  type Setting,
  type SettingOptions,
  secret,
  text,
} from '@tickhouse/runtime'

const environmentNames: readonly EnvironmentName[] = ['simulator', 'mock', 'production']

/** Every setting of the collector. What has a default depends on the environment: only the simulator's keys are no secret, only the venue's addresses are known. */
export function configSpec(environment: EnvironmentName) {
  const { restUrl, webSocketUrl } = environments[environment]
  const keys = environment === 'simulator' ? simulatorCredentials : undefined
  return {
    environment: choice('KIWOOM_ENV', environmentNames, { describe: 'The venue to capture: the simulator, or a server of Kiwoom' }),
    appKey: secret('KIWOOM_APP_KEY', { ...ifKnown(keys?.appKey), describe: 'App key for that venue' }),
    secretKey: secret('KIWOOM_SECRET_KEY', { ...ifKnown(keys?.secretKey), describe: 'Secret key that belongs to the app key' }),
    restUrl: url('KIWOOM_REST_URL', ['http:', 'https:'], {
      ...ifKnown(restUrl),
      describe: 'Address at which the venue issues tokens and lists its instruments',
    }),
    webSocketUrl: url('KIWOOM_WS_URL', ['ws:', 'wss:'], { ...ifKnown(webSocketUrl), describe: 'Address of the realtime feed' }),
    ...wantedSettings(environment),
    partial: choice('KIWOOM_PARTIAL', ['refuse', 'allow'], {
      default: 'refuse',
      describe: 'What happens when the venue cannot take all items: the collector refuses to start, or captures the rest and records a gap',
    }),
    silenceMs: duration('KIWOOM_SILENCE', {
      default: 45_000,
      describe: 'The collector gives up a connection that brings nothing for this long, not even a PING',
    }),
    itemSilenceMs: duration('KIWOOM_ITEM_SILENCE', {
      default: 900_000,
      describe: 'An item is reported as silent when it brings nothing for this long while others of its kind flow',
    }),
    reconnectMs: duration('KIWOOM_RECONNECT_MAX', { default: 30_000, describe: 'Longest pause before the collector connects again' }),
    takenMs: duration('KIWOOM_TAKEN_WAIT', {
      default: 60_000,
      describe: 'Shortest pause after another program has logged in with the same app key',
    }),
    clockDifferenceMs: longDuration('CLOCK_MAX_DIFFERENCE', 2_000, {
      default: clockSlack.wrongMs,
      describe: "How far this machine's clock may differ from the venue's (HTTP Date). Beyond that no session begins",
    }),
    clockStepMs: longDuration('CLOCK_MAX_STEP', 100, {
      default: clockSlack.stepMs,
      describe:
        "How far this machine's clock may drift from the times of an open session. Beyond that the collector decides which of the two is wrong",
    }),
    ...kafkaSettings,
    lingerMs: duration('PUBLISH_LINGER', {
      default: 20,
      describe: 'Shortest time between two requests to Kafka. Records that arrive meanwhile share a request',
    }),
    journalDirectory: text('JOURNAL_DIR', {
      default: '.tickhouse/journal',
      describe: 'Folder of the journal. Several folders, separated by commas, let the command line read the journals of a fleet',
    }),
    fsyncMs: integer('JOURNAL_FSYNC_MS', {
      default: 200,
      min: 0,
      max: 60_000,
      unit: 'ms',
      describe: 'How often the journal is forced to disk. 0 forces every write before its records are published',
    }),
    segmentMebibytes: integer('JOURNAL_SEGMENT_MB', { default: 64, min: 1, max: 1024, unit: 'MiB', describe: 'Size of one journal file' }),
    pendingMebibytes: integer('JOURNAL_PENDING_MB', {
      default: 64,
      min: 1,
      max: 4096,
      unit: 'MiB',
      describe: 'How much may wait in memory while the disk accepts nothing. Beyond that, frames are lost and counted',
    }),
    retentionMs: duration('JOURNAL_RETENTION', {
      default: 7 * 24 * 3_600_000,
      describe: 'How long published sessions stay in the journal. No session lasts longer than this',
    }),
    maxMebibytes: optional(
      integer('JOURNAL_MAX_MB', {
        min: 1,
        unit: 'MiB',
        defaultText: 'no limit',
        describe: 'How much disk space the journal may use. Beyond that, the oldest published sessions are removed',
      }),
    ),
    compress: flag('JOURNAL_COMPRESS', { default: true, describe: 'Whether the journal compresses published sessions' }),
    pseudonymKey: optional(
      secret('PSEUDONYM_KEY', {
        defaultText: 'made at random',
        describe: 'Key that turns account numbers into pseudonyms. A key that was made is kept in JOURNAL_DIR',
      }),
    ),
    collector: text('COLLECTOR_ID', {
      default: hostname(),
      defaultText: "the machine's name",
      describe: 'Name of this collector in every session',
    }),
    ...calendarSettings,
    port: integer('HTTP_PORT', {
      default: 0,
      min: 0,
      max: 65_535,
      describe: 'Port of /live, /ready, /metrics and /status. 0 takes a free port',
    }),
    host: text('HTTP_HOST', { default: '127.0.0.1', describe: 'Address on which that port listens' }),
    hostNames: list('HTTP_HOST_NAMES', {
      default: [],
      describe: 'Names that a request may use for this service, besides addresses and names without a dot',
    }),
  } as const
}

/** The settings, and the registration plan that follows from them. */
export type CollectorConfig = ConfigOf<ReturnType<typeof configSpec>> & { readonly plan: RegistrationPlan }

/** Reads all settings; throws a ConfigError with every problem at once, items that the venue has no room for included. */
export function loadCollectorConfig(env: Env): CollectorConfig {
  const environment = environmentNames.find(name => name === env['KIWOOM_ENV']) ?? 'production'
  const config = loadConfig(configSpec(environment), env)
  const plan = planRegistration(wantedOf(config), limitsOf(config.environment))
  if (plan.leftOut.length > 0 && config.partial === 'refuse') throw tooMuch(plan, config.environment)
  return { ...config, plan }
}

function tooMuch({ leftOut }: RegistrationPlan, environment: EnvironmentName): ConfigError {
  const { itemsPerConnection } = limitsOf(environment)
  const items = [...new Set(leftOut.map(({ item, reason }) => `${item} (${reason})`))]
  return new ConfigError([
    {
      name: 'KIWOOM_SYMBOLS and its like',
      value: items.join(', '),
      expected: `at most ${itemsPerConnection} items in all, each of which the venue can take, or KIWOOM_PARTIAL=allow to do without these`,
    },
  ])
}

function ifKnown(value: string | null | undefined): { default?: string } {
  return value === null || value === undefined ? {} : { default: value }
}

/** A duration that is not shorter than what it bounds can be told by. */
function longDuration(variable: string, minMs: number, options: SettingOptions<number>): Setting<number> {
  const parse = (value: string) => {
    const ms = parseDurationMs(value)
    return ms !== undefined && ms >= minMs ? ms : undefined
  }
  return { ...duration(variable, options), expected: `a duration such as 1s or 1m, of ${minMs}ms or more`, parse }
}

/** An address with one of the given protocols. */
function url(variable: string, protocols: readonly string[], options: SettingOptions<string>): Setting<string> {
  const parse = (value: string) => (URL.canParse(value) && protocols.includes(new URL(value).protocol) ? value : undefined)
  return { ...text(variable, options), expected: `an address that begins with ${protocols.map(name => `${name}//`).join(' or ')}`, parse }
}
