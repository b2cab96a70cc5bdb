import { connect, isIP } from 'node:net'
import { type ConnectionOptions, connect as connectTls } from 'node:tls'
import type { Logger } from '@tickhouse/runtime'
import kafkajs, { type ISocketFactory, type Kafka, type LogEntry, type logCreator, type SASLOptions } from 'kafkajs'
import { mendKafkajs } from './kafka-mend.ts'

/** User name and password for Kafka. */
export interface SaslOptions {
  readonly mechanism: 'plain' | 'scram-sha-256' | 'scram-sha-512'
  readonly username: string
  readonly password: string
}

/** Where Kafka is and how to get in. */
export interface KafkaOptions {
  /** `host:port` of some brokers; the others are learnt from them. */
  readonly brokers: readonly string[]
  readonly clientId: string
  readonly sasl?: SaslOptions | undefined
  /** True for TLS with the system's certificates, or options of `node:tls`. */
  readonly ssl?: boolean | ConnectionOptions | undefined
  /** How long a connection may take, 3 s by default. */
  readonly connectionTimeoutMs?: number
  /** How long an answer may take before the request counts as lost, 15 s by default. */
  readonly requestTimeoutMs?: number
  /** From where a broker's address can be reached when not directly: through a tunnel or a proxy. */
  readonly reachedAt?: (address: BrokerAddress) => BrokerAddress
}

/** Where a broker listens. */
export interface BrokerAddress {
  readonly host: string
  readonly port: number
}

/**
 * kafkajs with few retries of its own: every loop that waits for Kafka is ours, so that it can be stopped and says what it does.
 */
export function createKafka(options: KafkaOptions, log: Logger): Kafka {
  mendKafkajs()
  return new kafkajs.Kafka({
    brokers: [...options.brokers],
    clientId: options.clientId,
    // A copy: kafkajs writes what it makes of the password into the object.
    ...(options.sasl === undefined ? {} : { sasl: { ...options.sasl } as SASLOptions }),
    ...(options.ssl === undefined ? {} : { ssl: options.ssl }),
    connectionTimeout: options.connectionTimeoutMs ?? 3_000,
    requestTimeout: options.requestTimeoutMs ?? 15_000,
    socketFactory: socketFactory(options.reachedAt ?? (address => address)),
    retry: { retries: 1, initialRetryTime: 50, maxRetryTime: 500 },
    logLevel: log.isLevelEnabled('debug') ? kafkajs.logLevel.DEBUG : kafkajs.logLevel.NOTHING,
    logCreator: kafkaLog(log),
  })
}

/**
 * Sends kafkajs' own lines to `debug`: it calls every attempt that it will repeat an error, and what a person has to know
 * (unreachable, rebalanced, refused) is said by this package, once and with its facts.
 */
function kafkaLog(log: Logger): logCreator {
  return () =>
    ({ namespace, log: { message, timestamp: _timestamp, logger: _logger, stack: _stack, ...fields } }: LogEntry) =>
      log.debug({ kafkajs: namespace, ...fields }, message)
}

/** How soon readers and writers notice added partitions and recreated topics. */
export const metadataMaxAgeMs = 5_000

const keepAliveMs = 60_000

/** Opens connections without Nagle's algorithm: every request is written at once and waited for. */
function socketFactory(reachedAt: (address: BrokerAddress) => BrokerAddress): ISocketFactory {
  return ({ host, port, ssl, onConnect }) => {
    const address = reachedAt({ host, port })
    const named = isIP(host) === 0 ? { servername: host } : {}
    const socket = ssl ? connectTls({ ...address, ...named, ...ssl }, onConnect) : connect({ ...address }, onConnect)
    // kafkajs waits for all answers before it ends a socket. Ending it softly would let late events of the old one break the new one.
    socket.end = () => socket.destroy()
    // It says unref() to a dead socket each time it fails to reconnect, and each time adds a listener.
    return socket.setMaxListeners(0).setNoDelay(true).setKeepAlive(true, keepAliveMs)
  }
}
