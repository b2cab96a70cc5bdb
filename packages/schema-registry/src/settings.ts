import { optional, secret, text } from '@tickhouse/runtime'

/** The settings by which a registry is logged in to; its address is an argument. */
export const registrySettings = {
  username: optional(text('SCHEMA_REGISTRY_USERNAME', { describe: 'User name, or API key, in the schema registry' })),
  password: optional(secret('SCHEMA_REGISTRY_PASSWORD', { describe: 'Password, or API secret, in the schema registry' })),
}
