import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { JsonSchema } from '@tickhouse/catalogue'

/** What readers of a topic rely on. */
export interface TopicContract {
  /** Its name, with the version at the end: `kiwoom.market.trade.v1`. */
  readonly name: string
  readonly key: JsonSchema
  readonly partitions: number
  readonly cleanupPolicy: readonly string[]
  readonly retentionMs: number
  readonly schema: JsonSchema
}

/** All topics of a release, or of this tree. */
export interface Contract {
  /** `0.1.0`, or what stands in its place for a tree that is not released. */
  readonly version: string
  readonly topics: readonly TopicContract[]
}

/** An AsyncAPI document of ours, as far as it is read here. */
interface AsyncApi {
  readonly channels: Readonly<Record<string, Channel>>
}

interface Channel {
  readonly address: string
  readonly messages: {
    readonly record: {
      readonly payload: { readonly $ref: string }
      readonly bindings: { readonly kafka: { readonly key: JsonSchema } }
    }
  }
  readonly bindings: {
    readonly kafka: {
      readonly partitions: number
      readonly topicConfiguration: { readonly 'cleanup.policy': readonly string[]; readonly 'retention.ms': number }
    }
  }
}

const catalogue = join(import.meta.dirname, '..', '..', 'packages', 'catalogue')

/** What the catalogue says now. */
export const generatedFolder = join(catalogue, 'generated')
/** What releases said: a folder per version, never changed again. */
export const releasedFolder = join(catalogue, 'released')

/** The contract that a folder with an AsyncAPI document and its schemas holds. */
export function contractIn(folder: string, version: string): Contract {
  const read = (path: string) => JSON.parse(readFileSync(join(folder, path), 'utf8'))
  const { channels } = read('asyncapi.json') as AsyncApi
  return { version, topics: Object.values(channels).map(channel => topicOf(channel, read(channel.messages.record.payload.$ref))) }
}

/** The contracts of all releases, the oldest first. */
export function releasedContracts(folder = releasedFolder): Contract[] {
  const versions = readdirSync(folder).sort((a, b) => a.localeCompare(b, 'en', { numeric: true }))
  return versions.map(version => contractIn(join(folder, version), version))
}

function topicOf({ address, messages, bindings }: Channel, schema: JsonSchema): TopicContract {
  const { partitions, topicConfiguration } = bindings.kafka
  return {
    name: address,
    key: messages.record.bindings.kafka.key,
    partitions,
    cleanupPolicy: topicConfiguration['cleanup.policy'],
    retentionMs: topicConfiguration['retention.ms'],
    schema,
  }
}
