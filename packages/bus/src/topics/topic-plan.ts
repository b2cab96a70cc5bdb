import type { TopicDefinition } from '@tickhouse/catalogue'
import { dangerOf, isNeeded, unmetNeeds } from './topic-needs.ts'

/** A topic as it stands in Kafka. */
export interface TopicState {
  readonly name: string
  readonly partitions: number
  /** Of its partition with the fewest. */
  readonly replicas: number
  /** What was set for this topic, without the broker's defaults. */
  readonly config: Readonly<Record<string, string>>
  /** What is in force, the broker's defaults included. */
  readonly inForce: Readonly<Record<string, string>>
}

/** One setting of a topic that differs. */
export interface ConfigChange {
  readonly name: string
  /** Null where the topic follows the broker's default. */
  readonly from: string | null
  /** That default, where it is known. */
  readonly inForce?: string | undefined
  readonly to: string
}

/** What would change for one existing topic. */
export interface TopicChange {
  readonly topic: string
  /** Present when partitions are added: the keys of this topic then move to other partitions. */
  readonly partitions?: { readonly from: number; readonly to: number }
  readonly config: readonly ConfigChange[]
  /** Everything the topic will have been set to, ours and others': Kafka replaces the whole of it. */
  readonly wholeConfig: Readonly<Record<string, string>>
}

/** A difference that this program will not remove by itself, and with which everything works. */
export interface TopicRefusal {
  readonly topic: string
  readonly what: 'partitions' | 'replicas'
  readonly is: string
  readonly wanted: string
  readonly reason: string
}

/** A setting of a topic that the definitions do not have; it stays, since everything works with it. */
export interface KeptSetting {
  readonly topic: string
  readonly name: string
  readonly is: string
}

/** How an existing topic is replicated. */
export interface TopicReplicas {
  readonly topic: string
  readonly replicas: number
  /** How many replicas must have a record before it counts as written; null when nobody knows. */
  readonly minInsync: number | null
}

/** What is to be done; all three lists are empty when Kafka is as it should be. */
export interface TopicChanges {
  readonly create: readonly TopicDefinition[]
  readonly alter: readonly TopicChange[]
  readonly refused: readonly TopicRefusal[]
}

/** How Kafka differs from the definitions, with notes for the reader. */
export interface TopicPlan extends TopicChanges {
  readonly kept: readonly KeptSetting[]
  readonly replicas: readonly TopicReplicas[]
}

/** Compares the definitions with Kafka. The plan only adds: topics, partitions and settings of ours; settings of others stay unless they endanger records. */
export function planTopics(definitions: readonly TopicDefinition[], existing: readonly TopicState[]): TopicPlan {
  const states = new Map(existing.map(state => [state.name, state]))
  const known = definitions.flatMap(definition => {
    const state = states.get(definition.name)
    return state === undefined ? [] : [{ definition, state }]
  })
  const alter = known.map(({ definition, state }) => changeOf(definition, state))
  return {
    create: definitions.filter(({ name }) => !states.has(name)),
    alter: alter.filter(isChange),
    refused: known.flatMap(({ definition, state }) => refusalsOf(definition, state)),
    kept: known.flatMap(({ definition, state }, index) => keptOf(definition, state, alter[index]!)),
    replicas: known.map(({ state }) => replicasOf(state)),
  }
}

/** True when Kafka already is as it should be. */
export function isEmptyPlan({ create, alter, refused }: TopicChanges): boolean {
  return create.length === 0 && alter.length === 0 && refused.length === 0
}

/** What happens while a setting is not changed, in words; undefined where everything works anyway. */
export function dangerIn({ name, from, inForce, to }: ConfigChange): string | undefined {
  return dangerOf(name, from ?? inForce, to)
}

function changeOf(definition: TopicDefinition, state: TopicState): TopicChange {
  const needed = Object.fromEntries(unmetNeeds(definition, state.inForce).map(({ name, to }) => [name, to]))
  const wanted = { ...definition.config, ...needed }
  const config = Object.entries(wanted)
    .filter(([name, to]) => state.config[name] !== to)
    .map(([name, to]) => settingChange(name, to, state))
  const more = definition.partitions > state.partitions
  return {
    topic: definition.name,
    ...(more ? { partitions: { from: state.partitions, to: definition.partitions } } : {}),
    config,
    wholeConfig: { ...state.config, ...wanted },
  }
}

function settingChange(name: string, to: string, { config, inForce }: TopicState): ConfigChange {
  const from = config[name]
  return from === undefined ? { name, from: null, inForce: inForce[name], to } : { name, from, to }
}

function isChange({ partitions, config }: TopicChange): boolean {
  return partitions !== undefined || config.length > 0
}

function refusalsOf({ name: topic, partitions, replication }: TopicDefinition, state: TopicState): TopicRefusal[] {
  const refusals: TopicRefusal[] = []
  const refuse = (what: TopicRefusal['what'], is: number, wanted: number, reason: string) =>
    refusals.push({ topic, what, is: String(is), wanted: String(wanted), reason })
  if (state.partitions > partitions)
    refuse(
      'partitions',
      state.partitions,
      partitions,
      'Kafka cannot take partitions away; everything works with more. Raise the definition, or delete and recreate the topic',
    )
  if (replication !== undefined && state.replicas !== replication)
    refuse('replicas', state.replicas, replication, 'Moving replicas is left to a person: kafka-reassign-partitions.sh')
  return refusals
}

/** The number of replicas that must agree is shown with the replicas. */
function keptOf({ config }: TopicDefinition, state: TopicState, change: TopicChange): KeptSetting[] {
  const ours = new Set([...Object.keys(config), ...change.config.map(({ name }) => name), minInsyncName])
  return Object.entries(state.config)
    .filter(([name, is]) => !ours.has(name) && !isNeeded(name, is))
    .map(([name, is]) => ({ topic: state.name, name, is }))
}

/** What Kafka calls the number of replicas that must have a record. */
export const minInsyncName = 'min.insync.replicas'

function replicasOf({ name: topic, replicas, inForce }: TopicState): TopicReplicas {
  const minInsync = inForce[minInsyncName]
  return { topic, replicas, minInsync: minInsync === undefined ? null : Number(minInsync) }
}

/** How topics are replicated: one sentence for all that are alike, those with the most topics first. */
export function replicasText(replicas: readonly TopicReplicas[]): string[] {
  const groups = [...Map.groupBy(replicas, ({ replicas: count, minInsync }) => `${count}/${minInsync}`).values()]
  return groups
    .sort((left, right) => right.length - left.length)
    .map((group, index) => {
      const { replicas: count, minInsync } = group[0]!
      const names = index === 0 ? '' : `: ${group.map(({ topic }) => topic).join(', ')}`
      return `replicas: ${group.length} topics have ${count}, of which ${minInsync ?? '?'} must have a record (min.insync.replicas)${names}`
    })
}
