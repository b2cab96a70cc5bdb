/** The last row of a partition. */
export interface LastRow {
  readonly offset: number
  /** µs since the epoch. */
  readonly timestamp: number
}

/** What is committed beside an offset: the last row that the table holds of the partition, and the id of the topic, each if it is known. */
export function commitMetadata(last: LastRow | undefined, topicId?: string): string {
  if (last === undefined && topicId === undefined) return ''
  return JSON.stringify({ offset: last?.offset, timestamp: last?.timestamp, topic: topicId })
}

/** The last row that a commit names; undefined for a commit that is not ours, or that no row preceded. */
export function lastRowOf(metadata: string): LastRow | undefined {
  const { offset, timestamp } = parsed(metadata) as Partial<LastRow>
  return Number.isSafeInteger(offset) && Number.isSafeInteger(timestamp) ? { offset: offset!, timestamp: timestamp! } : undefined
}

/** The id of the topic that a commit was made for; undefined for a commit that is not ours, or of an older build. */
export function topicIdIn(metadata: string): string | undefined {
  const { topic } = parsed(metadata) as { topic?: unknown }
  return typeof topic === 'string' ? topic : undefined
}

function parsed(metadata: string): object {
  try {
    return (JSON.parse(metadata) as object | null) ?? {}
  } catch {
    return {}
  }
}
