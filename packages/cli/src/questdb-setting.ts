import { type Env, loadConfig, optional, secret } from '@tickhouse/runtime'

const spec = { configurationString: optional(secret('QDB_CLIENT_CONF')) }

/** What QDB_CLIENT_CONF says, or the file that QDB_CLIENT_CONF_FILE names; undefined when neither is given. Throws ConfigError. */
export function questdbSetting(env: Env): string | undefined {
  return loadConfig(spec, env).configurationString
}
