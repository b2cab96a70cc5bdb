import type { TopicDefinition } from '@tickhouse/catalogue'
import type { Logger } from '@tickhouse/runtime'
import kafkajs, { type Admin, type DescribeConfigResponse, type Kafka } from 'kafkajs'
import type { ReachOptions } from '../reach.ts'
import { planTopics, type TopicChanges, type TopicPlan, type TopicState } from '../topics/topic-plan.ts'
import { withAdmin } from './admin.ts'
import { applyChanges } from './topic-changes.ts'

/** Brings Kafka's topics in line with their definitions. */
export interface Topics {
  /** What would change; waits for Kafka. */
  plan(definitions: readonly TopicDefinition[], signal?: AbortSignal): Promise<TopicPlan>
  /** Makes every change of a plan that can be made. In the end throws BUS_TOPICS_REFUSED, or BUS_NOT_ALLOWED, with all that could not. */
  apply(changes: TopicChanges, signal?: AbortSignal): Promise<void>
  /** What is in force for each of these topics, the broker's defaults included; topics that do not exist are left out. */
  settings(names: readonly string[], signal?: AbortSignal): Promise<ReadonlyMap<string, TopicSettings>>
}

/** Settings by Kafka's names for them. */
export type TopicSettings = Readonly<Record<string, string>>

const { ConfigResourceTypes, ConfigSource } = kafkajs

/** Topics over kafkajs' admin client; a connection per call. */
export function createTopics(kafka: Kafka, reach: ReachOptions, log: Logger): Topics {
  return {
    plan: (definitions, signal) =>
      withAdmin(kafka, { ...reach, signal }, 'Reading the topics', async (admin, again) =>
        planTopics(definitions, await again(() => statesOf(admin, definitions))),
      ),
    apply: (changes, signal) =>
      withAdmin(kafka, { ...reach, signal }, 'Changing the topics', async (admin, again) => {
        const later = (made: readonly TopicDefinition[]) => again(async () => planTopics(made, await statesOf(admin, made)).alter)
        await applyChanges({ admin, again, log, later }, changes)
      }),
    settings: (names, signal) =>
      withAdmin(kafka, { ...reach, signal }, 'Reading the topics', (admin, again) => again(() => settingsInForce(admin, names))),
  }
}

async function statesOf(admin: Admin, definitions: readonly TopicDefinition[]): Promise<TopicState[]> {
  const existing = new Set(await admin.listTopics())
  const names = definitions.map(({ name }) => name).filter(name => existing.has(name))
  if (names.length === 0) return []
  const { topics } = await admin.fetchTopicMetadata({ topics: names })
  const described = await describe(admin, names)
  return topics.map(({ name, partitions }) => {
    const entries = described.get(name) ?? []
    const replicas = Math.min(...partitions.map(({ replicas }) => replicas.length))
    return { name, partitions: partitions.length, replicas, config: settingsOf(ownEntries(entries)), inForce: settingsOf(entries) }
  })
}

async function settingsInForce(admin: Admin, wanted: readonly string[]): Promise<Map<string, TopicSettings>> {
  const existing = new Set(await admin.listTopics())
  const names = wanted.filter(name => existing.has(name))
  if (names.length === 0) return new Map()
  return new Map([...(await describe(admin, names))].map(([name, entries]) => [name, settingsOf(entries)]))
}

type ConfigEntries = DescribeConfigResponse['resources'][number]['configEntries']

async function describe(admin: Admin, names: readonly string[]): Promise<Map<string, ConfigEntries>> {
  const resources = names.map(name => ({ type: ConfigResourceTypes.TOPIC, name }))
  const { resources: described } = await admin.describeConfigs({ resources, includeSynonyms: false })
  return new Map(described.map(({ resourceName, configEntries }) => [resourceName, configEntries]))
}

/** What was set for the topic itself. */
function ownEntries(entries: ConfigEntries): ConfigEntries {
  return entries.filter(({ configSource }) => Number(configSource) === Number(ConfigSource.TOPIC_CONFIG))
}

function settingsOf(entries: ConfigEntries): TopicSettings {
  return Object.fromEntries(entries.map(({ configName, configValue }) => [configName, configValue]))
}
