import type { TopicDefinition } from '@tickhouse/catalogue'
import type { Logger } from '@tickhouse/runtime'
import kafkajs, { type Admin } from 'kafkajs'
import type { TopicChange, TopicChanges, TopicRefusal } from '../topics/topic-plan.ts'
import type { Again } from './admin.ts'
import { Attempts } from './attempts.ts'

/** With what topics are changed. */
export interface Changing {
  readonly admin: Admin
  readonly again: Again
  readonly log: Logger
  /** Settings that new topics also need where the broker's defaults do not hold. */
  readonly later: (made: readonly TopicDefinition[]) => Promise<readonly TopicChange[]>
}

/** Makes one change after the other; one that is refused does not stop the others. Throws with all that could not be done. */
export async function applyChanges(changing: Changing, { create, alter, refused }: TopicChanges): Promise<void> {
  const attempts = new Attempts()
  const made = await createAll(changing, create, attempts)
  const further = made.length === 0 ? [] : ((await attempts.make('the topics just made: not looked at', () => changing.later(made))) ?? [])
  for (const change of [...alter, ...further]) await applyChange(changing, change, attempts)
  attempts.end('BUS_TOPICS_REFUSED', 'Some topics could not be brought in line', refused.map(refusalText), { refused })
}

/** All at once, which is quick; each by itself when that fails, to know which one is refused. What is there already counts as made. */
async function createAll(
  { admin, again, log }: Changing,
  create: readonly TopicDefinition[],
  attempts: Attempts,
): Promise<TopicDefinition[]> {
  if (create.length === 0) return []
  const request = (topics: readonly TopicDefinition[]) => admin.createTopics({ topics: topics.map(creation), timeout: 30_000 })
  const isWhole = await request(create).then(
    () => true,
    () => false,
  )
  const made: TopicDefinition[] = []
  for (const definition of create) {
    const one = () => again(() => request([definition])).then(() => true)
    if (isWhole || (await attempts.make(`${definition.name}: not created`, one))) made.push(definition)
  }
  for (const { name, partitions } of made) log.info({ topic: name, partitions }, 'Topic created')
  return made
}

function creation({ name, partitions, replication, config }: TopicDefinition) {
  const configEntries = Object.entries(config).map(([key, value]) => ({ name: key, value }))
  return { topic: name, numPartitions: partitions, configEntries, ...(replication !== undefined && { replicationFactor: replication }) }
}

async function applyChange({ admin, again, log }: Changing, change: TopicChange, attempts: Attempts): Promise<void> {
  const { topic, partitions, config } = change
  if (partitions !== undefined)
    await attempts.make(`${topic}: no partitions added`, async () => {
      await again(() => addPartitions(admin, topic, partitions.to))
      log.warn({ topic, ...partitions }, 'Partitions added: keys move to other partitions, and their order holds only from here on')
    })
  if (config.length > 0)
    await attempts.make(`${topic}: ${config.map(({ name }) => name).join(', ')} not set`, async () => {
      await again(() => setConfig(admin, change))
      log.info({ topic, config }, 'Topic settings changed')
    })
}

/** A request whose answer was lost may have been carried out, and Kafka refuses to do it twice: it is asked first. */
async function addPartitions(admin: Admin, topic: string, count: number): Promise<void> {
  const { topics } = await admin.fetchTopicMetadata({ topics: [topic] })
  if (topics[0]!.partitions.length < count) await admin.createPartitions({ topicPartitions: [{ topic, count }] })
}

async function setConfig(admin: Admin, { topic, wholeConfig }: TopicChange): Promise<void> {
  const configEntries = Object.entries(wholeConfig).map(([name, value]) => ({ name, value }))
  await admin.alterConfigs({
    validateOnly: false,
    resources: [{ type: kafkajs.ConfigResourceTypes.TOPIC, name: topic, configEntries }],
  })
}

function refusalText({ topic, what, is, wanted, reason }: TopicRefusal): string {
  return `${topic}: ${what} is ${is}, wanted ${wanted}. ${reason}`
}
