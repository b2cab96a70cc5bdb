import { readFileSync } from 'node:fs'
import { defaultSinkGroup } from '@tickhouse/catalogue'
import {
  ConfigError,
  type ConfigOf,
  choice,
  type Env,
  flag,
  integer,
  list,
  loadConfig,
  messageOf,
  optional,
  secret,
  text,
} from '@tickhouse/runtime'
import { type Compression, compressions, defaultCompression } from './compression/packing.ts'
import type { KafkaOptions } from './kafkajs/index.ts'

/** The settings by which every process finds Kafka. */
export const kafkaSettings = {
  brokers: list('KAFKA_BROKERS', { describe: 'Some brokers of the cluster, each as host:port' }),
  kafkaSsl: optional(
    flag('KAFKA_SSL', { defaultText: 'true where KAFKA_SSL_CA is given', describe: 'Whether connections to Kafka use TLS' }),
  ),
  kafkaSslCa: optional(text('KAFKA_SSL_CA', { describe: "Path of a PEM file with the authority that signed Kafka's certificate" })),
  saslMechanism: optional(
    choice('KAFKA_SASL_MECHANISM', ['plain', 'scram-sha-256', 'scram-sha-512'], { describe: 'How processes log in to Kafka' }),
  ),
  saslUsername: optional(text('KAFKA_SASL_USERNAME', { describe: 'User name in Kafka' })),
  saslPassword: optional(secret('KAFKA_SASL_PASSWORD', { describe: 'Password in Kafka' })),
  compression: choice('KAFKA_COMPRESSION', compressions, {
    default: defaultCompression,
    describe: 'How published records are compressed. Small batches are sent as they are',
  }),
}

/** The settings by which topics are made. */
export const topicSettings = {
  replication: optional(
    integer('KAFKA_REPLICATION', {
      min: 1,
      max: 32_767,
      unit: 'replicas',
      defaultText: "the broker's",
      describe: 'Replicas of each topic that is created',
    }),
  ),
  minInsync: optional(
    integer('KAFKA_MIN_INSYNC', {
      min: 1,
      max: 32_767,
      unit: 'replicas',
      defaultText: "the broker's",
      describe: 'Replicas that must hold a record before Kafka acknowledges it',
    }),
  ),
}

/** How topics are spread over brokers; the broker's default where nothing is said. */
export type TopicLayout = ConfigOf<typeof topicSettings>

/** How topics are to be spread by these settings. Throws ConfigError for what no cluster could keep. */
export function topicLayout(env: Env): TopicLayout {
  const layout = loadConfig(topicSettings, env)
  const { replication, minInsync } = layout
  if (replication !== undefined && minInsync !== undefined && minInsync > replication)
    throw new ConfigError([{ name: 'KAFKA_MIN_INSYNC', value: String(minInsync), expected: `at most KAFKA_REPLICATION, ${replication}` }])
  return layout
}

/** How Kafka is reached and written to. */
export type KafkaAccess = Pick<KafkaOptions, 'brokers' | 'sasl' | 'ssl'> & { readonly compression: Compression }

/** How to reach Kafka by these settings. Throws ConfigError when they contradict each other. */
export function kafkaOptions(config: ConfigOf<typeof kafkaSettings>): KafkaAccess {
  const { brokers, compression, saslMechanism: mechanism, saslUsername: username, saslPassword: password } = config
  const ssl = tlsOf(config)
  if (mechanism === undefined && (username ?? password) !== undefined) throw missing('KAFKA_SASL_MECHANISM', 'a user or a password')
  if (mechanism === undefined) return { brokers, ssl, compression }
  if (username === undefined) throw missing('KAFKA_SASL_USERNAME', 'KAFKA_SASL_MECHANISM')
  if (password === undefined) throw missing('KAFKA_SASL_PASSWORD', 'KAFKA_SASL_MECHANISM')
  if (mechanism === 'plain' && ssl === false)
    throw new ConfigError([{ name: 'KAFKA_SSL', expected: 'true, because `plain` sends the password as it is' }])
  return { brokers, ssl, compression, sasl: { mechanism, username, password } }
}

/** The consumer group of the sinks, as an environment has it. */
export function sinkGroupOf(env: Env): string {
  return env['SINK_GROUP'] || defaultSinkGroup
}

/** Nobody who names an authority is left without encryption. */
function tlsOf({ kafkaSsl, kafkaSslCa }: ConfigOf<typeof kafkaSettings>): KafkaOptions['ssl'] {
  if (kafkaSslCa === undefined) return kafkaSsl ?? false
  if (kafkaSsl === false) throw new ConfigError([{ name: 'KAFKA_SSL', value: 'false', expected: 'true, because KAFKA_SSL_CA is given' }])
  try {
    return { ca: [readFileSync(kafkaSslCa, 'utf8')] }
  } catch (error) {
    throw new ConfigError([{ name: 'KAFKA_SSL_CA', value: kafkaSslCa, expected: `the path of a readable file (${messageOf(error)})` }])
  }
}

function missing(name: string, given: string): ConfigError {
  return new ConfigError([{ name, expected: `a value, because ${given} is given` }])
}
