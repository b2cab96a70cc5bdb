import type { TopicDefinition } from '@tickhouse/catalogue'
import type { Logger } from '@tickhouse/runtime'
import kafkajs, { type Admin, type DescribeConfigResponse, type Kafka } from 'kafkajs'
import { withAdmin } from './admin.ts'
import { BusError } from './errors.ts'
import type { Reach } from './reach.ts'
import { planTopics, type TopicChange, type TopicPlan, type TopicRefusal, type TopicState } from './topic-plan.ts'

/** Brings Kafka's topics in line with their definitions. */
export interface Topics {
  /** What would change; waits for Kafka. */
  plan(definitions: readonly TopicDefinition[], signal?: AbortSignal): Promise<TopicPlan>
  /** Makes the changes of a plan. Throws BUS_TOPICS_REFUSED, and changes nothing, when the plan holds a refusal. */
  apply(plan: TopicPlan, signal?: AbortSignal): Promise<void>
  /** What is in force for each of these topics, the broker's defaults included; topics that do not exist are left out. */
  settings(names: readonly string[], signal?: AbortSignal): Promise<ReadonlyMap<string, TopicSettings>>
}

/** Settings by Kafka's names for them. */
export type TopicSettings = Readonly<Record<string, string>>

const { ConfigResourceTypes, ConfigSource } = kafkajs

/** Topics over kafkajs' admin client; a connection per call. */
export function createTopics(kafka: Kafka, reach: Reach, log: Logger): Topics {
  return {
    plan: (definitions, signal) =>
      withAdmin(kafka, { ...reach, signal }, 'Reading the topics', async admin =>
        planTopics(definitions, await statesOf(admin, definitions)),
      ),
    apply: (plan, signal) => withAdmin(kafka, { ...reach, signal }, 'Changing the topics', admin => applyPlan(admin, plan, log)),
    settings: (names, signal) => withAdmin(kafka, { ...reach, signal }, 'Reading the topics', admin => settingsInForce(admin, names)),
  }
}

async function statesOf(admin: Admin, definitions: readonly TopicDefinition[]): Promise<TopicState[]> {
  const existing = new Set(await admin.listTopics())
  const names = definitions.map(({ name }) => name).filter(name => existing.has(name))
  if (names.length === 0) return []
  const { topics } = await admin.fetchTopicMetadata({ topics: names })
  const configs = await configsOf(admin, names, ownEntries)
  return topics.map(({ name, partitions }) => ({ name, partitions: partitions.length, config: configs.get(name) ?? {} }))
}

async function settingsInForce(admin: Admin, wanted: readonly string[]): Promise<Map<string, TopicSettings>> {
  const existing = new Set(await admin.listTopics())
  const names = wanted.filter(name => existing.has(name))
  return names.length === 0 ? new Map() : configsOf(admin, names, entries => entries)
}

type ConfigEntries = DescribeConfigResponse['resources'][number]['configEntries']

/** The chosen settings of each topic, by topic. */
async function configsOf(
  admin: Admin,
  names: readonly string[],
  choose: (entries: ConfigEntries) => ConfigEntries,
): Promise<Map<string, TopicSettings>> {
  const resources = names.map(name => ({ type: ConfigResourceTypes.TOPIC, name }))
  const { resources: described } = await admin.describeConfigs({ resources, includeSynonyms: false })
  return new Map(described.map(({ resourceName, configEntries }) => [resourceName, settingsOf(choose(configEntries))]))
}

/** What was set for the topic itself. */
function ownEntries(entries: ConfigEntries): ConfigEntries {
  return entries.filter(({ configSource }) => Number(configSource) === Number(ConfigSource.TOPIC_CONFIG))
}

function settingsOf(entries: ConfigEntries): TopicSettings {
  return Object.fromEntries(entries.map(({ configName, configValue }) => [configName, configValue]))
}

async function applyPlan(admin: Admin, { create, alter, refused }: TopicPlan, log: Logger): Promise<void> {
  if (refused.length > 0) throw new BusError('BUS_TOPICS_REFUSED', refusalText(refused), { refused })
  if (create.length > 0) await admin.createTopics({ topics: create.map(creation), timeout: 30_000 })
  for (const { name, partitions } of create) log.info({ topic: name, partitions }, 'Topic created')
  for (const change of alter) await applyChange(admin, change, log)
}

function creation({ name, partitions, config }: TopicDefinition) {
  const configEntries = Object.entries(config).map(([key, value]) => ({ name: key, value }))
  return { topic: name, numPartitions: partitions, configEntries }
}

async function applyChange(admin: Admin, { topic, partitions, config, wholeConfig }: TopicChange, log: Logger): Promise<void> {
  if (partitions !== undefined) {
    await admin.createPartitions({ topicPartitions: [{ topic, count: partitions.to }] })
    log.warn({ topic, ...partitions }, 'Partitions added: keys move to other partitions, and their order holds only from here on')
  }
  if (config.length === 0) return
  const configEntries = Object.entries(wholeConfig).map(([name, value]) => ({ name, value }))
  await admin.alterConfigs({ validateOnly: false, resources: [{ type: ConfigResourceTypes.TOPIC, name: topic, configEntries }] })
  log.info({ topic, config }, 'Topic settings changed')
}

function refusalText(refused: readonly TopicRefusal[]): string {
  const lines = refused.map(({ topic, what, is, wanted, reason }) => `  ${topic}: ${what} is ${is}, wanted ${wanted}. ${reason}`)
  return ['Some topics differ in a way that is not changed automatically:', ...lines].join('\n')
}
