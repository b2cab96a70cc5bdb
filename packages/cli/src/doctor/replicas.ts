import type { TopicReplicas } from '@tickhouse/bus'
import { replicasText } from '../replicas-text.ts'
import { isSimulated } from '../start/options.ts'
import { topicDefinitions } from '../topic-definitions.ts'
import { type Judgement, ok, skipped, some, warn } from './finding.ts'
import type { Check } from './installation.ts'

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
      `${group.length} topics ${found}: ${some(
        group.map(({ topic }) => topic),
        3,
      )}`,
      mend,
    ),
  ]
}

/** How many brokers hold the topics. One is enough for a simulated venue, whose records can be had again. */
export const replicas: Check = {
  name: 'replicas',
  needs: ['kafka'],
  look: async ({ bus, env }, signal) => {
    const plan = await bus!.topics.plan(topicDefinitions(env), signal)
    return judgeReplicas(plan.replicas, !isSimulated({ env }))
  },
}
