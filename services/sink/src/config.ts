import { type FetchLimits, kafkaOptions, kafkaSettings } from '@tickhouse/bus'
import { calendarSettings } from '@tickhouse/calendar'
import { type ConfigOf, duration, type Env, integer, list, loadConfig, optional, type Setting, text } from '@tickhouse/runtime'
import { parseConfiguration } from '@tickhouse/store'
import type { LaneLimits } from './lanes.ts'

const mebibyte = 1 << 20

/** Everything the sink can be told, with what it does when it is not told. */
export const sinkSettings = {
  ...kafkaSettings,
  questdb: questdbSetting(),
  groupId: text('SINK_GROUP', { default: 'tickhouse-sink', describe: 'Consumer group; sinks of one group share the work' }),
  commitsPerSecond: integer('SINK_COMMITS_PER_SECOND', {
    default: 200,
    min: 1,
    describe: 'At most so many requests to QuestDB a second, each one commit of one table; fewer when each takes long',
  }),
  maxAgeMs: duration('SINK_MAX_AGE', {
    default: 1_000,
    describe: 'No row waits longer than this for a commit that it could share with others',
  }),
  holdMs: duration('SINK_MAX_HOLD', {
    default: 1_000,
    describe: 'No row waits longer than this for older ones that Kafka has in other partitions of its topic',
  }),
  maxBytes: integer('SINK_MAX_BYTES', {
    default: 24 * mebibyte,
    min: mebibyte,
    describe: 'Largest fetch; records of up to three are in memory',
  }),
  maxBytesPerPartition: integer('SINK_MAX_BYTES_PER_PARTITION', {
    default: 4 * mebibyte,
    min: 65_536,
    describe: 'Largest part of a partition in a fetch; nothing is read of one of which a quarter of that waits',
  }),
  sessionTimeoutMs: duration('SINK_SESSION_TIMEOUT', {
    default: 10_000,
    describe: 'A sink that is silent for this long is taken for dead, and its partitions go to others',
  }),
  questdbFolder: optional(
    text('QUESTDB_DATA_DIR', {
      describe: 'A folder on the disk of QuestDB, as far as it can be seen from here: how much room it has is a metric',
    }),
  ),
  ...calendarSettings,
  host: text('HTTP_HOST', { default: '127.0.0.1', describe: 'Where /live, /ready, /metrics and /status are served' }),
  hostNames: list('HTTP_HOST_NAMES', {
    default: [],
    describe: 'Names under which that address may be asked for, besides addresses and names without a dot',
  }),
  port: integer('HTTP_PORT', { default: 0, min: 0, max: 65_535, describe: '0 takes a free one' }),
}

export type SinkConfig = ConfigOf<typeof sinkSettings>

/** The configuration of the sink and how to reach Kafka. Throws ConfigError with all problems at once. */
export function loadSinkConfig(env: Env) {
  const config = loadConfig(sinkSettings, env)
  return { config, kafka: kafkaOptions(config) }
}

/** Kafka answers as soon as it has anything; asked while all rests, it waits this long. */
const waitMs = 100

/** How much one fetch may bring. */
export function fetchLimitsOf({ maxBytes, maxBytesPerPartition }: SinkConfig): FetchLimits {
  return { minBytes: 1, maxWaitMs: waitMs, maxBytes, maxBytesPerPartition }
}

/** How much is in memory and how often something is stored. Once as much as two fetches bring is in memory little more is read, so that it is three at most. */
export function laneLimitsOf({ maxBytes, maxBytesPerPartition, commitsPerSecond, maxAgeMs, holdMs }: SinkConfig): LaneLimits {
  return { maxBytes: 2 * maxBytes, maxBytesPerPartition, fullBytes: maxBytes / 2, commitsPerSecond, maxAgeMs, holdMs }
}

function questdbSetting(): Setting<string> {
  const setting = text('QDB_CLIENT_CONF', { describe: 'Where QuestDB is, as its clients want it' })
  return {
    ...setting,
    expected: 'a configuration such as http::addr=127.0.0.1:9000; (or QDB_CLIENT_CONF_FILE, the path of a file that holds it)',
    secret: true,
    parse: value => (isConfiguration(value) ? value : undefined),
  }
}

function isConfiguration(value: string): boolean {
  try {
    parseConfiguration(value)
    return true
  } catch {
    return false
  }
}
