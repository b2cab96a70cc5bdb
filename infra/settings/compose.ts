import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { allVariables } from './declared.ts'

const root = join(import.meta.dirname, '..', '..')

/** What variables of the compose files mean that no process of ours reads. */
export const composeMeanings: Readonly<Record<string, string>> = {
  KAFKA_PORT: 'Port of Kafka on this machine',
  KAFKA_2_PORT: 'Port of the second of [three brokers](three-brokers.md)',
  KAFKA_3_PORT: 'Port of the third of three brokers',
  QUESTDB_HTTP_PORT: 'Port of the web console of QuestDB',
  QUESTDB_PG_PORT: 'Port of QuestDB for clients of PostgreSQL',
  PAGE_PORT: 'Port of the live page',
  PROMETHEUS_PORT: 'Port of Prometheus',
  GRAFANA_PORT: 'Port of Grafana',
  BIND_ADDRESS: 'Address on which these ports listen. Kafka, Prometheus and the live page ask for no password: think before you open them',
  KAFKA_ADVERTISED_HOST: 'Name by which clients outside of compose reach this machine for Kafka',
  KAFKA_MEMORY: 'Memory limit of Kafka',
  KAFKA_CPUS: 'Processors that Kafka may use. Docker refuses more than the machine has',
  QUESTDB_MEMORY: 'Memory limit of QuestDB',
  QUESTDB_CPUS: 'Processors that QuestDB may use',
  TICKHOUSE_IMAGES: 'Prefix of the names of our images, for a registry of your own',
  TICKHOUSE_TAG: 'Tag of our images',
  RUNBOOK_URL: 'Address of the runbook, to which each alert links',
  FLEET: 'Folder with the environment of [each collector](operations.md#a-fleet-of-collectors)',
}

/** A variable of the compose files and the defaults that they give it; '' leaves the default to the process that reads it. */
export interface ComposeVariable {
  readonly name: string
  readonly defaults: readonly string[]
}

/** Every variable that the compose files take from the environment or from `.env`, sorted by name. */
export function composeVariables(): ComposeVariable[] {
  const texts = globSync(['docker-compose*.yml', 'infra/compose/**/*.yml'], { cwd: root }).map(path =>
    readFileSync(join(root, path), 'utf8'),
  )
  const uses = texts.flatMap(text => [...text.matchAll(/(?<!\$)\$\{([A-Z][A-Z0-9_]*)(?::-([^}]*))?/g)])
  const defaults = Map.groupBy(uses, ([, name]) => name!)
  return [...defaults]
    .map(([name, found]) => ({ name, defaults: [...new Set(found.flatMap(([, , value]) => value ?? []))] }))
    .sort((left, right) => (left.name < right.name ? -1 : 1))
}

/** Those that processes of ours read: compose hands them on. */
export function handedOn(): ComposeVariable[] {
  const ours = allVariables()
  return composeVariables().filter(({ name }) => ours.has(name))
}

/** Those that only compose knows, in the order in which they are explained. */
export function composeOnly(): ComposeVariable[] {
  const ours = allVariables()
  const order = Object.keys(composeMeanings)
  return composeVariables()
    .filter(({ name }) => !ours.has(name))
    .sort((left, right) => order.indexOf(left.name) - order.indexOf(right.name))
}
