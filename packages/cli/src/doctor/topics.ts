import type { TopicPlan } from '@tickhouse/bus'
import { entities } from '@tickhouse/catalogue'
import { fail, type Judgement, ok, some, warn } from './finding.ts'
import type { Check } from './installation.ts'

const apply = 'tickhouse topics apply'

/** Judges the difference between Kafka's topics and the catalogue. */
export function judgeTopics({ create, alter, refused }: TopicPlan): Judgement[] {
  const judgements = [
    ...(create.length > 0 ? [fail(`${create.length} topics are missing: ${some(create.map(({ name }) => name))}`, apply)] : []),
    ...alter.map(({ topic, partitions, config }) => {
      const changes = config.map(({ name, from, to }) => `${name} is ${from ?? "the broker's default"}, expected ${to}`)
      const more = partitions ? [`${partitions.from} partitions, expected ${partitions.to} (keys move)`] : []
      return warn(`${topic}: ${[...more, ...changes].join(', ')}`, apply)
    }),
    ...refused.map(({ topic, what, is, wanted, reason }) => fail(`${topic}: ${what} is ${is}, expected ${wanted}`, reason)),
  ]
  return judgements.length > 0 ? judgements : [ok(`all ${entities.length} are as the catalogue says`)]
}

/** The topics against the catalogue. */
export const topics: Check = {
  name: 'topics',
  needs: ['kafka'],
  look: async ({ bus }, signal) =>
    judgeTopics(
      await bus!.topics.plan(
        entities.map(({ topic }) => topic),
        signal,
      ),
    ),
}
