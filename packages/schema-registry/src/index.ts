export { RegistryError, type RegistryErrorCode, registryErrorCodes } from './errors.ts'
export { type RegistrationOptions, type RegistrationOutcome, registeredText, registerSchemas, subjectSchemas } from './register.ts'
export { type CompatibilityLevel, compatibilityLevels, openRegistry, SchemaRegistry } from './registry.ts'
export { registrySettings } from './settings.ts'
