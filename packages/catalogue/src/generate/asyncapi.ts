import type { Entity } from '../entities.ts'
import { entities } from '../entities.ts'
import type { Examples } from './examples.ts'
import { type JsonSchema, schemaFile } from './schema.ts'

/** The AsyncAPI 3 document: one channel per topic, what a consumer may receive on it, and with which key. */
export function asyncApi(examples: Examples): JsonSchema {
  return {
    asyncapi: '3.0.0',
    info: {
      title: 'tickhouse',
      version: '1.0.0',
      description:
        'The realtime feed of the Kiwoom REST API, normalized: one topic per dataset. Keys, order, times, delivery and what may change are in docs/contract.md.',
    },
    defaultContentType: 'application/json',
    servers: { kafka: { host: 'localhost:9092', protocol: 'kafka', description: 'Wherever KAFKA_BROKERS points' } },
    channels: Object.fromEntries(entities.map(entity => [entity.name, channelOf(entity, examples)])),
    operations: Object.fromEntries(entities.map(entity => [`receive_${entity.name}`, operationOf(entity)])),
  }
}

function channelOf(entity: Entity, examples: Examples): JsonSchema {
  const { topic } = entity
  return {
    address: topic.name,
    description: entity.description,
    messages: {
      record: {
        name: entity.name,
        contentType: 'application/json',
        payload: { $ref: schemaFile(entity) },
        bindings: {
          kafka: { key: { type: 'string', description: 'The bare symbol; `*` for what concerns the whole market or the feed' } },
        },
        examples: (examples.get(entity.name) ?? []).map(({ name, record }) => ({ name, payload: record })),
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
