import { choice, type Env, loadConfig, optional, secret } from '@tickhouse/runtime'
import { simulatorCredentials } from './default-symbols.ts'
import { type EnvironmentName, environments, restUrlIn } from './environments.ts'
import type { Credentials } from './rest.ts'

/** How to reach the REST API of the venue. */
export interface RestAccess extends Credentials {
  readonly environment: EnvironmentName
  readonly restUrl: string
}

const settings = {
  environment: choice('KIWOOM_ENV', Object.keys(environments) as EnvironmentName[], { default: 'simulator' }),
  appKey: optional(secret('KIWOOM_APP_KEY')),
  secretKey: optional(secret('KIWOOM_SECRET_KEY')),
}

/** The REST API that an environment names, or that of a simulator that runs; undefined where keys or address are not known. Throws ConfigError. */
export function restAccessIn(env: Env, simulatorUrl?: string): RestAccess | undefined {
  const { environment, ...given } = loadConfig(settings, env)
  const restUrl = restUrlIn(env, environment === 'simulator' ? simulatorUrl : undefined)
  const known = environment === 'simulator' ? simulatorCredentials : undefined
  const [appKey, secretKey] = [given.appKey ?? known?.appKey, given.secretKey ?? known?.secretKey]
  if (restUrl === undefined || appKey === undefined || secretKey === undefined) return undefined
  return { environment, restUrl, appKey, secretKey }
}
