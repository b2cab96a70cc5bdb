import { entities, type TopicDefinition } from '@tickhouse/catalogue'
import type { Env } from '@tickhouse/runtime'
import { topicLayout } from '../settings.ts'
import { minInsyncName } from './topic-plan.ts'

/** The topics of the catalogue, spread over brokers as KAFKA_REPLICATION and KAFKA_MIN_INSYNC say. Throws ConfigError. */
export function topicDefinitions(env: Env): TopicDefinition[] {
  const { replication, minInsync } = topicLayout(env)
  return entities.map(({ topic }) => ({
    ...topic,
    ...(replication !== undefined && { replication }),
    config: { ...topic.config, ...(minInsync !== undefined && { [minInsyncName]: String(minInsync) }) },
  }))
}
