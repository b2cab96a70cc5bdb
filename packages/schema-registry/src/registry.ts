import { type ConfigOf, UsageError } from '@tickhouse/runtime'
import { type RegistryAnswer, RegistryError, refusalOf } from './errors.ts'
import type { registrySettings } from './settings.ts'

/** How a registry compares a new version of a schema with those that it has. */
export const compatibilityLevels = [
  'BACKWARD',
  'BACKWARD_TRANSITIVE',
  'FORWARD',
  'FORWARD_TRANSITIVE',
  'FULL',
  'FULL_TRANSITIVE',
  'NONE',
] as const

export type CompatibilityLevel = (typeof compatibilityLevels)[number]

/** A version of a subject. */
export interface RegisteredSchema {
  readonly id: number
  readonly version: number
}

const timeoutMs = 30_000
const contentType = 'application/vnd.schemaregistry.v1+json'
/** Confluent: subject not found, and schema not found. */
const missing = [40401, 40403]

/** The registry at an address, with the user of the settings. Throws UsageError for what is no address of one. */
export function openRegistry(address: string, login: ConfigOf<typeof registrySettings> = { username: undefined, password: undefined }) {
  const url = URL.parse(address)
  if (url === null || !/^https?:$/.test(url.protocol))
    throw new UsageError(`Expected the URL of a schema registry such as http://127.0.0.1:8081, was "${address}"`)
  if (url.username !== '' || url.password !== '')
    throw new UsageError(
      'Expected a URL without user and password, which a list of processes would show: set SCHEMA_REGISTRY_USERNAME and SCHEMA_REGISTRY_PASSWORD_FILE',
    )
  return new SchemaRegistry(url.href.replace(/\/$/, ''), login)
}

/** A registry with Confluent's API, over HTTP. Throws RegistryError. */
export class SchemaRegistry {
  readonly url: string
  readonly #headers: Readonly<Record<string, string>>

  constructor(url: string, { username = '', password = '' }: ConfigOf<typeof registrySettings>) {
    this.url = url
    const isKnown = username !== '' || password !== ''
    const authorization = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`
    this.#headers = { accept: contentType, 'content-type': contentType, ...(isKnown && { authorization }) }
  }

  /** The version of a subject that is this schema; undefined where there is none. */
  async find(subject: string, schema: string, signal?: AbortSignal): Promise<RegisteredSchema | undefined> {
    const answer = await this.#ask('POST', `/subjects/${subject}`, { schemaType: 'JSON', schema }, signal)
    if (answer.status === 404 && missing.includes(errorCodeOf(answer))) return undefined
    const { id, version } = this.#taken(answer, `the question for ${subject}`) as RegisteredSchema
    return { id, version }
  }

  /** The versions of a subject, the oldest first. */
  async versions(subject: string, signal?: AbortSignal): Promise<number[]> {
    const answer = await this.#ask('GET', `/subjects/${subject}/versions`, undefined, signal)
    if (answer.status === 404 && missing.includes(errorCodeOf(answer))) return []
    return this.#taken(answer, `the question for the versions of ${subject}`) as number[]
  }

  /** Adds a version to a subject, unless it is there; gives the id of the schema. */
  async register(subject: string, schema: string, signal?: AbortSignal): Promise<number> {
    const answer = await this.#ask('POST', `/subjects/${subject}/versions`, { schemaType: 'JSON', schema }, signal)
    return (this.#taken(answer, `the schema of ${subject}`) as RegisteredSchema).id
  }

  /** Says how the versions of a subject are compared; `isLenient` is Confluent's policy, which others do not have. */
  async setCompatibility(subject: string, compatibility: CompatibilityLevel, isLenient: boolean, signal?: AbortSignal): Promise<void> {
    const config = { compatibility, ...(isLenient && { compatibilityPolicy: 'LENIENT' }) }
    this.#taken(await this.#ask('PUT', `/config/${subject}`, config, signal), `the compatibility of ${subject}`)
  }

  #taken(answer: RegistryAnswer, what: string): unknown {
    if (answer.status !== 200) throw refusalOf(this.url, what, answer)
    return answer.body
  }

  async #ask(method: string, path: string, body: object | undefined, signal: AbortSignal | undefined): Promise<RegistryAnswer> {
    const signals = [AbortSignal.timeout(timeoutMs), ...(signal ? [signal] : [])]
    try {
      const request = { method, headers: this.#headers, body: body && JSON.stringify(body), signal: AbortSignal.any(signals) }
      const response = await fetch(`${this.url}${path}`, request as RequestInit)
      return { status: response.status, body: parsed(await response.text()) }
    } catch (error) {
      signal?.throwIfAborted()
      throw new RegistryError('REGISTRY_UNREACHABLE', `The schema registry at ${this.url} cannot be reached`, { cause: error })
    }
  }
}

function errorCodeOf({ body }: RegistryAnswer): number {
  return Number((body as { error_code?: unknown } | null)?.error_code)
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
