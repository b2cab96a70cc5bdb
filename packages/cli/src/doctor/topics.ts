import { dangerIn, type KeptSetting, type TopicChange, type TopicPlan } from '@tickhouse/bus'
import { entities } from '@tickhouse/catalogue'
import { topicDefinitions } from '../topic-definitions.ts'
import { fail, type Judgement, ok, some, warn } from './finding.ts'
import type { Check } from './installation.ts'

const apply = 'tickhouse topics apply'

/** Judges the difference between Kafka's topics and the catalogue: what endangers records fails, what works is told. */
export function judgeTopics({ create, alter, refused, kept = [] }: Omit<TopicPlan, 'kept' | 'replicas'> & Partial<TopicPlan>): Judgement[] {
  const judgements = [
    ...(create.length > 0 ? [fail(`${create.length} topics are missing: ${some(create.map(({ name }) => name))}`, apply)] : []),
    ...alter.map(judgeChange),
    ...refused.map(({ topic, what, is, wanted, reason }) => warn(`${topic}: ${what} is ${is}, expected ${wanted}; it works`, reason)),
  ]
  const whole = judgements.length > 0 ? [] : [ok(`all ${entities.length} are as the catalogue says`)]
  return [...judgements, ...whole, ...keptSettings(kept)]
}

function judgeChange(change: TopicChange): Judgement {
  const { topic, partitions, config } = change
  const dangers = config.map(dangerIn).filter(danger => danger !== undefined)
  const changes = config.map(({ name, from, to }) => `${name} is ${from ?? "the broker's default"}, expected ${to}`)
  const more = partitions ? [`${partitions.from} partitions, expected ${partitions.to} (keys move)`] : []
  const sentence = `${topic}: ${[...more, ...changes].join(', ')}`
  return dangers.length > 0 ? fail(`${sentence}: ${dangers.join('; ')}`, apply) : warn(sentence, apply)
}

/** One judgement for all topics that somebody set alike. */
function keptSettings(kept: readonly KeptSetting[]): Judgement[] {
  const groups = Map.groupBy(kept, ({ name, is }) => `${name}=${is}`)
  return [...groups].map(([setting, group]) => {
    const topics = group.map(({ topic }) => topic)
    return ok(`${setting} was set for ${topics.length} topics and is not in the catalogue; it works: ${some(topics, 3)}`)
  })
}

/** The topics against the catalogue. */
export const topics: Check = {
  name: 'topics',
  needs: ['kafka'],
  look: async ({ bus, env }, signal) => judgeTopics(await bus!.topics.plan(topicDefinitions(env), signal)),
}
