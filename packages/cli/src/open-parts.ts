import { type Bus, connectBus, kafkaOptions, kafkaSettings } from '@tickhouse/bus'
import { createLogger, createRegistry, loadConfig } from '@tickhouse/runtime'
import { openStore, type Store } from '@tickhouse/store'
import type { Connections } from './connections.ts'

/** Kafka for a verb of that name. */
export function openBus(verb: string, { brokers }: Pick<Connections, 'brokers'>): Bus {
  const config = loadConfig(kafkaSettings, { ...process.env, KAFKA_BROKERS: brokers.join(',') })
  return connectBus({ ...kafkaOptions(config), clientId: `tickhouse-${verb}`, log: logOf(verb), registry: createRegistry(verb) })
}

/** QuestDB for a verb of that name. */
export function openTables(verb: string, { configurationString }: Pick<Connections, 'configurationString'>): Store {
  return openStore({ configurationString, log: logOf(verb) })
}

function logOf(verb: string) {
  return createLogger({ name: verb, level: process.env['LOG_LEVEL'] ?? 'warn' })
}
