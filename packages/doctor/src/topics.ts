import {
  dangerIn,
  type KeptSetting,
  replicasText,
  type TopicChange,
  type TopicPlan,
  type TopicReplicas,
  topicDefinitions,
} from '@tickhouse/bus'
import { entities } from '@tickhouse/catalogue'
import { isSimulated } from '@tickhouse/kiwoom'
import { someOf } from '@tickhouse/runtime'
import { type Check, fail, type Judgement, ok, skipped, warn } from './check.ts'

const apply = 'tickhouse topics apply'

/** Judges the difference between Kafka's topics and the catalogue: what endangers records fails, what works is told. */
export function judgeTopics({ create, alter, refused, kept = [] }: Omit<TopicPlan, 'kept' | 'replicas'> & Partial<TopicPlan>): Judgement[] {
  const judgements = [
    ...(create.length > 0 ? [fail(`${create.length} topics are missing: ${someOf(create.map(({ name }) => name))}`, apply)] : []),
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
    return ok(`${setting} was set for ${topics.length} topics and is not in the catalogue; it works: ${someOf(topics, 3)}`)
  })
}

/** The topics against the catalogue. */
export const topicsCheck: Check = {
  name: 'topics',
  needs: ['kafka'],
  look: async ({ bus, env }, signal) => judgeTopics(await bus!.topics.plan(topicDefinitions(env), signal)),
}

const enoughReplicas = 3

/** Judges whether records outlive a broker. */
export function judgeReplicas(replicas: readonly TopicReplicas[], isReal: boolean): Judgement[] {
  if (replicas.length === 0) return [skipped('there are no topics')]
  const shown = replicasText(replicas)
  if (!isReal) return shown.map(ok)
  const judgements = [
    ...judge(
      replicas.filter(({ replicas: count }) => count === 1),
      'have one replica: what the disk of one broker loses is lost',
      'kafka-reassign-partitions.sh; KAFKA_REPLICATION=3 KAFKA_MIN_INSYNC=2 for the topics to come',
    ),
    ...judge(
      replicas.filter(({ replicas: count, minInsync }) => count >= enoughReplicas && (minInsync ?? 1) < 2),
      'count a record as written when one replica has it (min.insync.replicas is 1)',
      'KAFKA_MIN_INSYNC=2 tickhouse topics apply',
    ),
    ...judge(
      replicas.filter(({ replicas: count, minInsync }) => count > 1 && minInsync !== null && minInsync >= count),
      'take no record as soon as one broker is away (min.insync.replicas is not below the number of replicas)',
      'KAFKA_MIN_INSYNC=1 tickhouse topics apply, or one more replica: kafka-reassign-partitions.sh',
    ),
    ...judge(
      replicas.filter(({ replicas: count, minInsync }) => count === 1 && minInsync !== null && minInsync > count),
      'want more replicas to have a record than there are (min.insync.replicas)',
      'KAFKA_MIN_INSYNC=1 tickhouse topics apply',
    ),
  ]
  return judgements.length > 0 ? judgements : shown.map(ok)
}

/** One judgement for all topics of a kind. */
function judge(group: readonly TopicReplicas[], found: string, mend: string): Judgement[] {
  if (group.length === 0) return []
  return [
    warn(
      `${group.length} topics ${found}: ${someOf(
        group.map(({ topic }) => topic),
        3,
      )}`,
      mend,
    ),
  ]
}

/** How many brokers hold the topics. One is enough for a simulated venue, whose records can be had again. */
export const replicasCheck: Check = {
  name: 'replicas',
  needs: ['kafka'],
  look: async ({ bus, env }, signal) => {
    const plan = await bus!.topics.plan(topicDefinitions(env), signal)
    return judgeReplicas(plan.replicas, !isSimulated({ env }))
  },
}
