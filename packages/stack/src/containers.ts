import { singleNodeProperties } from './kafka-configuration.ts'
import { questdbProperties } from './questdb-configuration.ts'

/** A server as an official image: what it is told, where it listens inside, and where its data are. */
export interface ContainerDefinition {
  readonly image: string
  readonly environment: Readonly<Record<string, string>>
  readonly dataPath: string
}

/** Kafka's image, listening on 9092; clients are told to connect to `advertised` (host:port). */
export function kafkaContainer(advertised: string): ContainerDefinition {
  const dataPath = '/var/lib/kafka/data'
  const properties = {
    ...singleNodeProperties,
    'controller.quorum.voters': '1@localhost:9093',
    // The node asks itself about transactions, at an address that it can reach from inside.
    listeners: 'HOST://:9092,PLAINTEXT://localhost:9094,CONTROLLER://localhost:9093',
    'advertised.listeners': `HOST://${advertised},PLAINTEXT://localhost:9094`,
    'log.dirs': dataPath,
  }
  return { image: 'apache/kafka:4.2.2', environment: { ...variables('KAFKA', properties), KAFKA_HEAP_OPTS: '-Xms256m -Xmx1g' }, dataPath }
}

/** QuestDB's image, listening on 9000 (HTTP), 8812 (PostgreSQL) and 9003 (health, metrics). */
export function questdbContainer(more: Readonly<Record<string, string>> = {}): ContainerDefinition {
  const environment = variables('QDB', { ...questdbProperties, ...more })
  return { image: 'questdb/questdb:9.3.4', environment, dataPath: '/var/lib/questdb' }
}

/** Both images take a property `a.b.c` as the variable `PREFIX_A_B_C`; Kafka's writes a hyphen as `___`. */
export function variables(prefix: string, properties: Readonly<Record<string, string>>): Record<string, string> {
  const name = (key: string) => `${prefix}_${key.toUpperCase().replaceAll('-', '___').replaceAll('.', '_')}`
  return Object.fromEntries(Object.entries(properties).map(([key, value]) => [name(key), value]))
}
