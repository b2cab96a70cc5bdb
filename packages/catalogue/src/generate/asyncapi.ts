import type { Entity } from '../entities.ts'
import { entities } from '../entities.ts'
import type { JsonSchema } from './schema.ts'

/** The AsyncAPI 3 document: one channel per topic, what a consumer may receive on it, and with which key. */
export function asyncApi(): JsonSchema {
  return {
    asyncapi: '3.0.0',
    info: {
      title: 'tickhouse',
      version: '1.0.0',
      description:
        "The realtime feed of the Kiwoom REST API, normalized: one topic per dataset. Order is kept per key, the bare symbol. A topic's version changes only when a member is removed or changes its meaning; new members may come at any time.",
    },
    defaultContentType: 'application/json',
    servers: { kafka: { host: 'localhost:9092', protocol: 'kafka', description: 'Wherever KAFKA_BROKERS points' } },
    channels: Object.fromEntries(entities.map(entity => [entity.name, channelOf(entity)])),
    operations: Object.fromEntries(entities.map(entity => [`receive_${entity.name}`, operationOf(entity)])),
  }
}

function channelOf(entity: Entity): JsonSchema {
  const { topic } = entity
  return {
    address: topic.name,
    description: entity.description,
    messages: {
      record: {
        name: entity.name,
        contentType: 'application/json',
        payload: { $ref: `schemas/${entity.name}.v1.json` },
        bindings: {
          kafka: { key: { type: 'string', description: 'The bare symbol; `*` for what concerns the whole market or the feed' } },
        },
      },
    },
    bindings: {
      kafka: {
        topic: topic.name,
        partitions: topic.partitions,
        topicConfiguration: {
          'cleanup.policy': [topic.config['cleanup.policy']],
          'retention.ms': Number(topic.config['retention.ms']),
        },
      },
    },
  }
}

function operationOf(entity: Entity): JsonSchema {
  return {
    action: 'receive',
    channel: { $ref: `#/channels/${entity.name}` },
    messages: [{ $ref: `#/channels/${entity.name}/messages/record` }],
  }
}
