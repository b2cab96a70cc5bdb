import { type FetchLimits, kafkaOptions, kafkaSettings } from '@tickhouse/bus'
import { type ConfigOf, duration, type Env, integer, loadConfig, type Setting, text } from '@tickhouse/runtime'
import { parseConfiguration } from '@tickhouse/store'

const mebibyte = 1 << 20

/** Everything the sink can be told, with what it does when it is not told. */
export const sinkSettings = {
  ...kafkaSettings,
  questdb: questdbSetting(),
  groupId: text('SINK_GROUP', { default: 'tickhouse-sink', describe: 'Consumer group; sinks of one group share the work' }),
  minBytes: integer('SINK_MIN_BYTES', { default: mebibyte, min: 1, describe: 'Kafka waits for this much before it answers …' }),
  maxWaitMs: duration('SINK_MAX_WAIT', { default: 250, describe: '… but no longer than this: the age of a row when it is stored' }),
  maxBytes: integer('SINK_MAX_BYTES', { default: 24 * mebibyte, min: mebibyte, describe: 'Largest round; up to three are in memory' }),
  maxBytesPerPartition: integer('SINK_MAX_BYTES_PER_PARTITION', {
    default: 4 * mebibyte,
    min: 65_536,
    describe: 'Largest part of a partition in a round',
  }),
  sessionTimeoutMs: duration('SINK_SESSION_TIMEOUT', {
    default: 10_000,
    describe: 'A sink that is silent for this long is taken for dead, and its partitions go to others',
  }),
  host: text('HTTP_HOST', { default: '127.0.0.1', describe: 'Where /live, /ready, /metrics and /status are served' }),
  port: integer('HTTP_PORT', { default: 0, min: 0, max: 65_535, describe: '0 takes a free one' }),
}

export type SinkConfig = ConfigOf<typeof sinkSettings>

/** The configuration of the sink and how to reach Kafka. Throws ConfigError with all problems at once. */
export function loadSinkConfig(env: Env) {
  const config = loadConfig(sinkSettings, env)
  return { config, kafka: kafkaOptions(config) }
}

/** How much one round may bring. */
export function limitsOf({ minBytes, maxWaitMs, maxBytes, maxBytesPerPartition }: SinkConfig): FetchLimits {
  return { minBytes, maxWaitMs, maxBytes, maxBytesPerPartition }
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
