import { type JsonSchema, recordSchemas } from '@tickhouse/catalogue'
import { type Doing, messageOf } from '@tickhouse/runtime'
import { RegistryError } from './errors.ts'
import type { CompatibilityLevel, SchemaRegistry } from './registry.ts'

/** What a caller wants besides the schemas being there. */
export interface RegistrationOptions {
  /** How the registry is to compare versions from now on; as it does where left out. */
  readonly compatibility?: CompatibilityLevel | undefined
  /** Confluent's policy LENIENT: optional members may come in a schema that is open. */
  readonly isLenient?: boolean
}

/** What became of the schema of one topic. */
export interface RegistrationOutcome {
  readonly subject: string
  readonly outcome: 'registered' | 'unchanged' | 'REFUSED'
  readonly id: number | null
  readonly version: number | null
  /** Why it was refused. */
  readonly problem: string | null
}

/** The draft that every registry can compare: some know none that is newer, and our schemas use nothing that is. */
const draft = 'http://json-schema.org/draft-07/schema#'

/** The schema of each topic as text, by its subject: `<topic>-value`, where serializers look. */
export function subjectSchemas(): ReadonlyMap<string, string> {
  return new Map(recordSchemas().map(({ entity, schema }) => [`${entity.topic.name}-value`, registeredText(schema)]))
}

/** A schema as it is registered. */
export function registeredText(schema: JsonSchema): string {
  return JSON.stringify({ ...schema, $schema: draft })
}

/** Registers the schema of every topic. Doing it again changes nothing. One that is refused does not keep the others from it; throws when the registry itself cannot be used. */
export async function registerSchemas(
  registry: SchemaRegistry,
  options: RegistrationOptions,
  { tell, signal }: Doing,
): Promise<RegistrationOutcome[]> {
  const outcomes: RegistrationOutcome[] = []
  for (const [subject, schema] of subjectSchemas()) {
    tell(() => `Registering schemas at ${registry.url}: ${outcomes.length} done`)
    outcomes.push(await registered(registry, subject, schema, options, signal))
  }
  return outcomes
}

async function registered(
  registry: SchemaRegistry,
  subject: string,
  schema: string,
  options: RegistrationOptions,
  signal: AbortSignal,
): Promise<RegistrationOutcome> {
  try {
    const known = await registry.find(subject, schema, signal)
    const isNew = known === undefined && (await registry.versions(subject, signal)).length === 0
    // A further version is judged by what is asked for now; of a subject that they do not have, some registries take no compatibility.
    if (!isNew) await compared(registry, subject, options, signal)
    if (known !== undefined) return { subject, outcome: 'unchanged', ...known, problem: null }
    const id = await registry.register(subject, schema, signal)
    if (isNew) await compared(registry, subject, options, signal)
    const version = (await registry.find(subject, schema, signal))?.version ?? null
    return { subject, outcome: 'registered', id, version, problem: null }
  } catch (error) {
    if (!(error instanceof RegistryError) || error.code !== 'REGISTRY_REFUSED') throw error
    return { subject, outcome: 'REFUSED', id: null, version: null, problem: messageOf(error) }
  }
}

async function compared(
  registry: SchemaRegistry,
  subject: string,
  { compatibility, isLenient = false }: RegistrationOptions,
  signal: AbortSignal,
): Promise<void> {
  if (compatibility !== undefined) await registry.setCompatibility(subject, compatibility, isLenient, signal)
}
