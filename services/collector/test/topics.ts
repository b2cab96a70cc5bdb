import { type Bus, connectBus } from '@tickhouse/bus'
import { type DataRecord, entities, entityOfTopic } from '@tickhouse/catalogue'
import { createRegistry } from '@tickhouse/runtime'
import { log } from './feed-fixture.ts'

/** A record as it stands in a topic. */
export interface TopicRecord {
  readonly dataset: string
  readonly key: string
  readonly record: DataRecord
}

/** A bus for tests to look at topics with. */
export function busAt(brokers: string): Bus {
  return connectBus({ brokers: brokers.split(','), clientId: 'collector-tests', log, registry: createRegistry('test') })
}

/** Makes all topics that are missing. */
export async function applyTopics(bus: Bus): Promise<void> {
  await bus.topics.apply(await bus.topics.plan(entities.map(({ topic }) => topic)))
}

/** Everything that the topics hold of the given sessions, partition by partition in order. */
export async function recordsOf(bus: Bus, sessions: ReadonlySet<string>, sinceMs: number): Promise<TopicRecord[]> {
  const records: TopicRecord[] = []
  await bus.readSince(
    entities.map(({ topic }) => topic.name),
    sinceMs,
    ({ topic, key, value }) => {
      const record = JSON.parse(String(value)) as DataRecord
      if (sessions.has(record.session)) records.push({ dataset: entityOfTopic(topic)?.name as string, key: String(key), record })
    },
  )
  return records
}

/** Why records are not complete: per (session, dataset) the numbers must be 1, 2, 3 … each once. Empty when all is well. */
export function holesAndDoubles(records: readonly TopicRecord[]): string[] {
  return [...Map.groupBy(records, ({ dataset, record }) => `${record.session}/${dataset}`)].flatMap(([key, group]) => {
    const numbers = group.map(({ record }) => record.seq).sort((a, b) => a - b)
    const wrong = numbers.findIndex((seq, index) => seq !== index + 1)
    return wrong < 0 ? [] : [`${key}: at ${wrong + 1} of ${numbers.length} stands ${numbers[wrong]}`]
  })
}
