import type { TopicReplicas } from '@tickhouse/bus'

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
