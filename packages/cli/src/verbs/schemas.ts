import { loadConfig, TickhouseError, UsageError, visible } from '@tickhouse/runtime'
import {
  type CompatibilityLevel,
  compatibilityLevels,
  openRegistry,
  type RegistrationOutcome,
  registerSchemas,
  registrySettings,
} from '@tickhouse/schema-registry'
import { Command, Option } from 'commander'
import { withinMinutes } from '../interruptible.ts'
import { type Format, formatOption, print } from '../output.ts'

interface Options {
  readonly url: string
  readonly compatibility?: CompatibilityLevel
  readonly lenient?: boolean
  readonly format: Format
}

const help = `
The subject of a topic is <topic>-value. A registry is for those who have one: nothing here needs it, and records carry no schema id.
SCHEMA_REGISTRY_USERNAME and SCHEMA_REGISTRY_PASSWORD[_FILE] log in. Which compatibility fits: docs/contract.md.

Examples:
  tickhouse schemas register --url http://127.0.0.1:8081
  tickhouse schemas register --url http://127.0.0.1:8081 --compatibility BACKWARD_TRANSITIVE --lenient
  tickhouse schemas register --url http://127.0.0.1:8080/apis/ccompat/v7 --compatibility NONE     Apicurio Registry`

/** `tickhouse schemas register`: brings the schemas of all topics into a registry with Confluent's API. */
export function schemas(): Command {
  return new Command('schemas').description('Bring the schemas of the topics into a schema registry').addCommand(register())
}

function register(): Command {
  return new Command('register')
    .description("Register the JSON Schema of each topic with a registry that has Confluent's API; running it again does nothing")
    .requiredOption('--url <url>', 'where the registry is')
    .addOption(new Option('--compatibility <level>', 'how the registry is to compare versions').choices(compatibilityLevels))
    .option('--lenient', "with it, Confluent's policy by which optional members may be added")
    .addOption(formatOption())
    .addHelpText('after', help)
    .action(async ({ url, compatibility, lenient: isLenient = false, format }: Options) => {
      if (isLenient && compatibility === undefined) throw new UsageError('Expected --compatibility beside --lenient')
      const registry = openRegistry(url, loadConfig(registrySettings, process.env))
      const undone = 'What was registered stays; run the same command again.'
      const outcomes = await withinMinutes(undone, doing => registerSchemas(registry, { compatibility, isLenient }, doing))
      print(outcomes, ['subject', 'outcome', 'id', 'version'], format)
      complainOf(outcomes)
    })
}

/** Throws what the registry says of the schemas that it refused. */
function complainOf(outcomes: readonly RegistrationOutcome[]): void {
  const refused = outcomes.filter(({ outcome }) => outcome === 'REFUSED')
  if (refused.length === 0) return
  const problems = refused.map(({ subject, problem }) => visible(`${subject}: ${problem}`))
  throw new TickhouseError('SCHEMAS_REFUSED', [...problems, 'docs/contract.md says which --compatibility fits'].join('\n'))
}
