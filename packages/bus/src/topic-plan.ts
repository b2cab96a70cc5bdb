import type { TopicDefinition } from '@tickhouse/catalogue'

/** A topic as it stands in Kafka; `config` holds only what was set for this topic, not the broker's defaults. */
export interface TopicState {
  readonly name: string
  readonly partitions: number
  readonly config: Readonly<Record<string, string>>
}

/** One setting of a topic that differs; `from` is null where the topic follows the broker's default. */
export interface ConfigChange {
  readonly name: string
  readonly from: string | null
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

/** A difference that this program will not remove by itself. */
export interface TopicRefusal {
  readonly topic: string
  readonly what: 'partitions'
  readonly is: string
  readonly wanted: string
  readonly reason: string
}

/** What stands between Kafka and the definitions; all three lists are empty when nothing does. */
export interface TopicPlan {
  readonly create: readonly TopicDefinition[]
  readonly alter: readonly TopicChange[]
  readonly refused: readonly TopicRefusal[]
}

/** Compares definitions with what is there. Additive only: topics, partitions and settings of ours; settings of others stay. */
export function planTopics(definitions: readonly TopicDefinition[], existing: readonly TopicState[]): TopicPlan {
  const states = new Map(existing.map(state => [state.name, state]))
  const known = definitions.flatMap(definition => {
    const state = states.get(definition.name)
    return state === undefined ? [] : [{ definition, state }]
  })
  return {
    create: definitions.filter(({ name }) => !states.has(name)),
    alter: known.map(({ definition, state }) => changeOf(definition, state)).filter(isChange),
    refused: known.flatMap(({ definition, state }) => refusalsOf(definition, state)),
  }
}

/** True when Kafka already is as it should be. */
export function isEmptyPlan({ create, alter, refused }: TopicPlan): boolean {
  return create.length === 0 && alter.length === 0 && refused.length === 0
}

function changeOf(definition: TopicDefinition, state: TopicState): TopicChange {
  const config = Object.entries(definition.config)
    .filter(([name, to]) => state.config[name] !== to)
    .map(([name, to]) => ({ name, from: state.config[name] ?? null, to }))
  const more = definition.partitions > state.partitions
  return {
    topic: definition.name,
    ...(more ? { partitions: { from: state.partitions, to: definition.partitions } } : {}),
    config,
    wholeConfig: { ...state.config, ...definition.config },
  }
}

function isChange({ partitions, config }: TopicChange): boolean {
  return partitions !== undefined || config.length > 0
}

function refusalsOf(definition: TopicDefinition, state: TopicState): TopicRefusal[] {
  if (state.partitions <= definition.partitions) return []
  return [
    {
      topic: definition.name,
      what: 'partitions',
      is: String(state.partitions),
      wanted: String(definition.partitions),
      reason: 'Kafka cannot take partitions away; delete and recreate the topic, or raise the definition',
    },
  ]
}
