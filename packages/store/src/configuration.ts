import { readFileSync } from 'node:fs'
import { SenderOptions } from '@questdb/nodejs-client'
import { type Env, loadConfig, messageOf, optional, secret } from '@tickhouse/runtime'
import { StoreError } from './errors.ts'

/** Where QuestDB is and how to talk to it: what a QDB_CLIENT_CONF says, with the official client's defaults. */
export interface StoreConfiguration {
  readonly secure: boolean
  readonly host: string
  readonly port: number
  /** Value of the Authorization header. */
  readonly authorization: string | undefined
  readonly verifyCertificate: boolean
  readonly certificateAuthority: Buffer | undefined
  readonly requestTimeoutMs: number
  /** Slowest acceptable transfer: a request of n bytes may take n / this many seconds longer. */
  readonly minBytesPerSecond: number
}

const defaultRequestTimeoutMs = 10_000
const defaultMinBytesPerSecond = 100 * 1024

/** Reads a configuration string such as `http::addr=127.0.0.1:9000;`; throws STORE_CONFIGURATION_INVALID without showing credentials. */
export function parseConfiguration(text: string): StoreConfiguration {
  const options = parse(text)
  if (options.protocol !== 'http' && options.protocol !== 'https') throw invalid(`Expected http:: or https::, was "${options.protocol}::"`)
  if (!options.host || !options.port || options.port > 65_535) throw invalid(`Expected addr=host:port, was "${options.addr}"`)
  return {
    secure: options.protocol === 'https',
    host: options.host,
    port: options.port,
    authorization: authorizationOf(options),
    verifyCertificate: options.tls_verify ?? true,
    certificateAuthority: options.tls_ca === undefined ? undefined : readCertificate(String(options.tls_ca)),
    requestTimeoutMs: options.request_timeout ?? defaultRequestTimeoutMs,
    minBytesPerSecond: options.request_min_throughput ?? defaultMinBytesPerSecond,
  }
}

/** `http://host:port`, for people and logs. */
export function addressOf({ secure, host, port }: StoreConfiguration): string {
  return `${secure ? 'https' : 'http'}://${host}:${port}`
}

function parse(text: string): SenderOptions {
  try {
    return new SenderOptions(text)
  } catch (error) {
    throw invalid(withoutCredentials(text, messageOf(error)))
  }
}

/** The client's parser quotes what it could not read; that may be a piece of a password. */
function withoutCredentials(text: string, message: string): string {
  return /(password|token)\w*=/.test(text) ? message.replace(/'[^'=]*'|'.*'/gs, "'…'") : message
}

function authorizationOf({ username, password, token }: SenderOptions): string | undefined {
  if (token) return `Bearer ${token}`
  if (username && password) return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`
  if (username || password) throw invalid('Expected username and password together')
  return undefined
}

function readCertificate(path: string): Buffer {
  try {
    return readFileSync(path)
  } catch (error) {
    throw invalid(`Expected tls_ca to name a readable file, was "${path}"`, error)
  }
}

function invalid(problem: string, cause?: unknown): StoreError {
  return new StoreError('STORE_CONFIGURATION_INVALID', `QDB_CLIENT_CONF cannot be used: ${problem}`, { cause })
}

const spec = { configurationString: optional(secret('QDB_CLIENT_CONF')) }

/** What QDB_CLIENT_CONF says, or the file that QDB_CLIENT_CONF_FILE names; undefined when neither is given. Throws ConfigError. */
export function questdbSetting(env: Env): string | undefined {
  return loadConfig(spec, env).configurationString
}
