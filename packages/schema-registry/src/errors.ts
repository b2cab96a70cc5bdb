import { TickhouseError, visible } from '@tickhouse/runtime'

/** What can go wrong between us and a registry; the README says what each means. */
export const registryErrorCodes = ['REGISTRY_UNREACHABLE', 'REGISTRY_NOT_ALLOWED', 'REGISTRY_UNKNOWN_API', 'REGISTRY_REFUSED'] as const

export type RegistryErrorCode = (typeof registryErrorCodes)[number]

/** Every error that this package throws, except the AbortError of a caller's signal. */
export class RegistryError extends TickhouseError {
  declare readonly code: RegistryErrorCode

  constructor(code: RegistryErrorCode, message: string, options?: ConstructorParameters<typeof TickhouseError>[2]) {
    super(code, message, options)
  }
}

/** What a registry answered, as far as it is understood: Confluent's API gives `error_code` and `message`. */
export interface RegistryAnswer {
  readonly status: number
  readonly body: unknown
}

/** The error that an answer other than 200 is; the words of a refusal stay as they came. What a registry does not find it calls 40401 and the like; a plain 404 is of a server that knows no such path. */
export function refusalOf(url: string, what: string, { status, body }: RegistryAnswer): RegistryError {
  const { error_code: errorCode, message } = errorIn(body)
  const options = { status, errorCode }
  const answers = message === undefined ? `answers ${status}` : `says: ${visible(message)}`
  if (status === 401 || status === 403)
    return new RegistryError('REGISTRY_NOT_ALLOWED', `The schema registry at ${url} ${answers}. ${loginAdvice}`, options)
  if (errorCode === undefined || errorCode === 404)
    return new RegistryError(
      'REGISTRY_UNKNOWN_API',
      `Expected a schema registry with Confluent's API at ${url}, but it ${answers} to ${what}. Some have that API below a path, such as /apis/ccompat/v7`,
      options,
    )
  return new RegistryError('REGISTRY_REFUSED', `The schema registry at ${url} says: ${message ?? `error ${errorCode}`}`, options)
}

const loginAdvice = 'Set SCHEMA_REGISTRY_USERNAME and SCHEMA_REGISTRY_PASSWORD_FILE to a user who may register schemas'

function errorIn(body: unknown): { readonly error_code?: number; readonly message?: string } {
  if (typeof body !== 'object' || body === null) return {}
  const { error_code, message } = body as Record<string, unknown>
  return { ...(typeof error_code === 'number' && { error_code }), ...(typeof message === 'string' && { message }) }
}
