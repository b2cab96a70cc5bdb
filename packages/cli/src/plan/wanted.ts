import { type EnvironmentName, environments, type Wanted, wantedOf, wantedSettings } from '@tickhouse/kiwoom'
import { choice, type Env, loadConfig } from '@tickhouse/runtime'

const venue = { environment: choice('KIWOOM_ENV', Object.keys(environments) as EnvironmentName[], { default: 'simulator' }) }

/** The venue that an environment names, and what it is to send. Throws ConfigError. */
export function wantedIn(env: Env): { readonly environment: EnvironmentName; readonly wanted: Wanted } {
  const { environment } = loadConfig(venue, env)
  return { environment, wanted: wantedOf(loadConfig(wantedSettings(environment), env)) }
}
