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
    environment: choice('KIWOOM_ENV', environmentNames, { describe: 'Which venue: simulator, mock or production' }),
    appKey: secret('KIWOOM_APP_KEY', { ...ifKnown(keys?.appKey), describe: 'App key of that environment' }),
    secretKey: secret('KIWOOM_SECRET_KEY', { ...ifKnown(keys?.secretKey), describe: 'Its secret key' }),
    restUrl: url('KIWOOM_REST_URL', ['http:', 'https:'], { ...ifKnown(restUrl), describe: 'Where tokens are issued' }),
    webSocketUrl: url('KIWOOM_WS_URL', ['ws:', 'wss:'], { ...ifKnown(webSocketUrl), describe: 'Where the realtime feed is' }),
    ...wantedSettings(environment),
    partial: choice('KIWOOM_PARTIAL', ['refuse', 'allow'], {
      default: 'refuse',
      describe: 'What to do when the venue cannot take all items: refuse to start, or capture the rest and record the gap',
    }),
    silenceMs: duration('KIWOOM_SILENCE', {
      default: 45_000,
      describe: 'A connection on which nothing comes for this long, no PING either, is dead',
    }),
    itemSilenceMs: duration('KIWOOM_ITEM_SILENCE', {
      default: 900_000,
      describe: 'An item of which nothing comes for this long, while others of its kind flow, is named as silent',
    }),
    reconnectMs: duration('KIWOOM_RECONNECT_MAX', { default: 30_000, describe: 'Longest wait between two connections' }),
    takenMs: duration('KIWOOM_TAKEN_WAIT', {
      default: 60_000,
      describe: 'Least wait after another program logged in with the same app key',
    }),
    clockDifferenceMs: longDuration('CLOCK_MAX_DIFFERENCE', 2_000, {
      default: 60_000,
      describe: "How far this machine's clock may be from the venue's (HTTP Date); beyond that no session begins",
    }),
    clockStepMs: longDuration('CLOCK_MAX_STEP', 100, {
      default: 1_000,
      describe:
        "How far this machine's clock may move away from the times of an open session; beyond that it is decided which one is wrong",
    }),
    ...kafkaSettings,
    lingerMs: duration('PUBLISH_LINGER', {
      default: 20,
      describe: 'Least time between two sends to Kafka; what gathers meanwhile goes together',
    }),
    journalDirectory: text('JOURNAL_DIR', { default: '.tickhouse/journal', describe: 'Folder of the journal' }),
    fsyncMs: integer('JOURNAL_FSYNC_MS', {
      default: 200,
      min: 0,
      max: 60_000,
      describe: 'How often the journal is forced to disk; 0 before anything is published',
    }),
    segmentMebibytes: integer('JOURNAL_SEGMENT_MB', { default: 64, min: 1, max: 1024, describe: 'Size of a file of the journal' }),
    pendingMebibytes: integer('JOURNAL_PENDING_MB', {
      default: 64,
      min: 1,
      max: 4096,
      describe: 'How much waits in memory while the disk takes nothing; beyond it frames are lost and counted',
    }),
    retentionMs: duration('JOURNAL_RETENTION', {
      default: 7 * 24 * 3_600_000,
      describe: 'How long published sessions stay in the journal; no session is longer than that',
    }),
    maxMebibytes: optional(
      integer('JOURNAL_MAX_MB', {
        min: 1,
        describe: 'How much the journal may take on disk: beyond that the oldest published sessions go',
      }),
    ),
    compress: flag('JOURNAL_COMPRESS', { default: true, describe: 'Whether published sessions are compressed in the journal' }),
    pseudonymKey: optional(
      secret('PSEUDONYM_KEY', { describe: 'Key of the account pseudonyms; made and kept in JOURNAL_DIR when not given' }),
    ),
    collector: text('COLLECTOR_ID', { default: hostname(), describe: 'Name of this collector in every session' }),
    ...calendarSettings,
    port: integer('HTTP_PORT', {
      default: 0,
      min: 0,
      max: 65_535,
      describe: 'Port of /live, /ready, /metrics and /status; 0 takes a free one',
    }),
    host: text('HTTP_HOST', { default: '127.0.0.1', describe: 'Address that port listens on' }),
    hostNames: list('HTTP_HOST_NAMES', {
      default: [],
      describe: 'Names under which that address may be asked for, besides addresses and names without a dot',
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
function longDuration(variable: string, leastMs: number, options: SettingOptions<number>): Setting<number> {
  const parse = (value: string) => {
    const ms = parseDurationMs(value)
    return ms !== undefined && ms >= leastMs ? ms : undefined
  }
  return { ...duration(variable, options), expected: `a duration such as 1s or 1m, of ${leastMs}ms or more`, parse }
}

/** An address with one of the given protocols. */
function url(variable: string, protocols: readonly string[], options: SettingOptions<string>): Setting<string> {
  const parse = (value: string) => (URL.canParse(value) && protocols.includes(new URL(value).protocol) ? value : undefined)
  return { ...text(variable, options), expected: `an address that begins with ${protocols.map(name => `${name}//`).join(' or ')}`, parse }
}
