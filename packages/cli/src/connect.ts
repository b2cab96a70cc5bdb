import { type Bus, connectBus, kafkaOptions, kafkaSettings } from '@tickhouse/bus'
import { createLogger, createRegistry, type Env, type Logger, loadConfig } from '@tickhouse/runtime'
import { openStore, type Store } from '@tickhouse/store'

/** The Kafka of these brokers for a verb, with the user, the password and the authority that the environment names. */
export function busFor(verb: string, brokers: readonly string[], env: Env, log = verbLog(verb, env)): Bus {
  const config = loadConfig(kafkaSettings, { ...env, KAFKA_BROKERS: brokers.join(',') })
  return connectBus({ ...kafkaOptions(config), clientId: `tickhouse-${verb}`, log, registry: createRegistry(verb) })
}

/** The QuestDB that a configuration string names, for a verb. */
export function storeFor(verb: string, configurationString: string, env: Env, log = verbLog(verb, env)): Store {
  return openStore({ configurationString, log })
}

/** How a verb logs: only what a person has to know, unless LOG_LEVEL says otherwise. */
export function verbLog(verb: string, env: Env, level = 'warn'): Logger {
  return createLogger({ name: verb, level: env['LOG_LEVEL'] || level })
}
