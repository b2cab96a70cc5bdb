import { type Bus, topicDefinitions } from '@tickhouse/bus'
import { entities, type TopicDefinition } from '@tickhouse/catalogue'
import { type Env, someOf, UsageError } from '@tickhouse/runtime'
import type { ItemFilter } from './item-filter.ts'

/** With what the names of all live topics begin: consumers of all of them may go by it. */
const liveNames = new Set(entities.map(({ topic }) => `${topic.name.split('.')[0]}.`))
const maxPrefixLength = 100

/** The topics of the wanted datasets under another name, otherwise as they are live; what is replayed is old, and stays until somebody removes the topic. Throws UsageError for a prefix that cannot be one. */
export function replayTopics(prefix: string, filter: ItemFilter, env: Env): TopicDefinition[] {
  requirePrefix(prefix)
  return topicDefinitions(env)
    .filter(({ dataset }) => filter.admitsDataset(dataset))
    .map(topic => ({ ...topic, name: prefix + topic.name, config: { ...topic.config, 'retention.ms': '-1' } }))
}

function requirePrefix(prefix: string): void {
  if (!/^[a-zA-Z0-9][a-zA-Z0-9._-]*$/.test(prefix) || prefix.length > maxPrefixLength)
    throw new UsageError(
      `Expected a --prefix of letters, digits, points, dashes and underscores, at most ${maxPrefixLength}, such as "replay.", was "${prefix}"`,
    )
  for (const live of liveNames)
    if (prefix.startsWith(live))
      throw new UsageError(
        `The prefix "${prefix}" would put the replay among the live topics, which begin with "${live}". Choose another one, such as "replay."`,
      )
}

/** Makes the topics. Throws UsageError where one of them holds records: the replay would not be all that is in it. */
export async function makeTopics(bus: Bus, topics: readonly TopicDefinition[], signal: AbortSignal): Promise<void> {
  const plan = await bus.topics.plan(topics, signal)
  const isNew = new Set(plan.create.map(({ name }) => name))
  const existing = topics.map(({ name }) => name).filter(name => !isNew.has(name))
  const ends = existing.length === 0 ? [] : await bus.endOffsets(existing, signal)
  const used = new Set(ends.filter(({ offset }) => offset > 0).map(({ topic }) => topic))
  if (used.size > 0)
    throw new UsageError(
      `These topics hold records already: ${someOf([...used])}. A replay goes to empty topics: choose another --prefix, or delete them.`,
    )
  await bus.topics.apply(plan, signal)
}
