import { type PartitionLag, sinkGroupOf } from '@tickhouse/bus'
import { entities } from '@tickhouse/catalogue'
import { delay, grouped, someOf } from '@tickhouse/runtime'
import { type Check, fail, type Judgement, ok, warn } from './check.ts'

const lookAgainMs = 3_000
const manyRecords = 100_000

/** Judges from two looks, some seconds apart, whether the sink keeps up: partitions that lag and do not move are stuck. */
export function judgeLag(group: string, before: readonly PartitionLag[], after: readonly PartitionLag[]): Judgement {
  if (after.every(({ committed }) => committed === null))
    return fail(`group ${group} has never stored anything`, 'tickhouse sink   (SINK_GROUP names another group)')
  const lag = sum(after)
  const stuck = after.filter((now, index) => now.lag > 0 && before[index]!.lag > 0 && now.committed === before[index]!.committed)
  const waiting = `${grouped(lag)} records wait in Kafka`
  if (stuck.length > 0)
    return fail(
      `${waiting}, and group ${group} does not get on with ${someOf([...new Set(stuck.map(({ topic }) => topic))], 3)}`,
      'tickhouse sink, or see what its log and /ready say',
    )
  if (lag > manyRecords && lag >= sum(before))
    return warn(`${waiting}, and they become more`, 'a second `tickhouse sink` of the same group shares the work')
  return ok(`${waiting}, group ${group} gets on`)
}

/** How far the sink is behind. */
export const lagCheck: Check = {
  name: 'lag',
  needs: ['kafka'],
  look: async ({ bus, env }, signal) => {
    const group = sinkGroupOf(env)
    // A topic that is missing is told by another check, and says nothing of the others.
    const there = await bus!.topics.settings(
      entities.map(({ topic }) => topic.name),
      signal,
    )
    const ask = () => bus!.lag(group, [...there.keys()], signal)
    const before = await ask()
    if (sum(before) > 0) await delay(lookAgainMs, signal)
    return [judgeLag(group, before, sum(before) > 0 ? await ask() : before)]
  },
}

function sum(partitions: readonly PartitionLag[]): number {
  return partitions.reduce((total, partition) => total + partition.lag, 0)
}
