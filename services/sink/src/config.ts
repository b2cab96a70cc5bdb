import { type FetchLimits, kafkaOptions, kafkaSettings } from '@tickhouse/bus'
import { calendarSettings } from '@tickhouse/calendar'
import { defaultSinkGroup } from '@tickhouse/catalogue'
import { type ConfigOf, duration, type Env, integer, list, loadConfig, optional, type Setting, text } from '@tickhouse/runtime'
import { parseConfiguration } from '@tickhouse/store'
import type { LaneLimits } from './store/lanes.ts'

const mebibyte = 1 << 20

/** Everything the sink can be told, with what it does when it is not told. */
export const sinkSettings = {
  ...kafkaSettings,
  questdb: questdbSetting(),
  groupId: text('SINK_GROUP', { default: defaultSinkGroup, describe: 'Consumer group. Sinks of one group share the work' }),
  commitsPerSecond: integer('SINK_COMMITS_PER_SECOND', {
    default: 200,
    min: 1,
    unit: 'requests per second',
    describe: 'The most requests to QuestDB, each of which commits to one table. The sink makes fewer when each takes long',
  }),
  maxAgeMs: duration('SINK_MAX_AGE', {
    default: 1_000,
    describe: 'Longest time that a row waits for other rows to share a commit with',
  }),
  orderWaitMs: duration('SINK_MAX_HOLD', {
    default: 1_000,
    describe: 'Longest time that a row waits for older rows in other partitions of its topic',
  }),
  maxBytes: integer('SINK_MAX_BYTES', {
    default: 24 * mebibyte,
    min: mebibyte,
    unit: 'bytes',
    describe: 'Largest fetch from Kafka. The records of up to three fetches are in memory',
  }),
  maxBytesPerPartition: integer('SINK_MAX_BYTES_PER_PARTITION', {
    default: 4 * mebibyte,
    min: 65_536,
    unit: 'bytes',
    describe: 'Largest share of one partition in a fetch. The sink stops reading a partition while a quarter of this waits',
  }),
  sessionTimeoutMs: duration('SINK_SESSION_TIMEOUT', {
    default: 10_000,
    describe: 'Kafka takes a sink for dead when it is silent for this long, and gives its partitions to others',
  }),
  questdbFolder: optional(
    text('QUESTDB_DATA_DIR', {
      describe: 'A folder on the disk of QuestDB, where the sink can see it. The free space of that disk becomes a metric',
    }),
  ),
  ...calendarSettings,
  host: text('HTTP_HOST', { default: '127.0.0.1', describe: 'Address on which that port listens' }),
  hostNames: list('HTTP_HOST_NAMES', {
    default: [],
    describe: 'Names that a request may use for this service, besides addresses and names without a dot',
  }),
  port: integer('HTTP_PORT', {
    default: 0,
    min: 0,
    max: 65_535,
    describe: 'Port of /live, /ready, /metrics and /status. 0 takes a free port',
  }),
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
export function laneLimitsOf({ maxBytes, maxBytesPerPartition, commitsPerSecond, maxAgeMs, orderWaitMs }: SinkConfig): LaneLimits {
  return { maxBytes: 2 * maxBytes, maxBytesPerPartition, fullBytes: maxBytes / 2, commitsPerSecond, maxAgeMs, orderWaitMs }
}

function questdbSetting(): Setting<string> {
  const setting = text('QDB_CLIENT_CONF', {
    describe: 'Where QuestDB is and how to log in, as a configuration string of its clients: `http::addr=127.0.0.1:9000;`',
  })
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
