import { createLogger, createRegistry } from '@tickhouse/runtime'
import { eventually, servers } from '@tickhouse/testkit'
import kafkajs from 'kafkajs'
import { expect } from 'vitest'
import { type Bus, type BusOptions, connectBus, type KafkaRecord, type Message } from '../src/index.ts'

const log = createLogger({ name: 'test', level: process.env['LOG_LEVEL'] ?? 'silent', pretty: false })

/** `host:port` of the Kafka of the tests. */
export function broker(): string {
  return servers().brokers.split(',')[0]!
}

/** A bus of its own on the Kafka of the tests, and what it counts. */
export function testBus(
  options: Partial<BusOptions> = {},
): Bus & { counted(name: string, labels?: Record<string, string>): Promise<number> } {
  const registry = createRegistry('test')
  const bus = connectBus({ brokers: [broker()], clientId: 'test', log, registry, ...options })
  return Object.assign(bus, { counted: (name: string, labels = {}) => counted(registry, name, labels) })
}

let topicsMade = 0
const run = `${process.pid}-${Date.now().toString(36)}`

/** A name that nobody has used. */
export function freshName(word: string): string {
  return `test.${word}.${run}-${++topicsMade}`
}

/** Makes a topic for one test file; resolves when every partition is served. A broker names the leaders of a new topic some time before they take records. */
export async function freshTopic(word: string, partitions = 6, config: Record<string, string> = {}): Promise<string> {
  const name = freshName(word)
  const bus = testBus()
  await bus.topics.apply(await bus.topics.plan([{ name, dataset: 'test', partitions, config }]))
  await bus.scan([name], () => {})
  return name
}

/** Deletes a topic; resolves when Kafka no longer knows it. */
export async function deleteTopic(topic: string): Promise<void> {
  const admin = new kafkajs.Kafka({ brokers: [broker()], logLevel: kafkajs.logLevel.NOTHING }).admin()
  await admin.connect()
  await admin.deleteTopics({ topics: [topic] })
  await eventually(async () => expect(await admin.listTopics()).not.toContain(topic))
  await admin.disconnect()
}

/** Messages with numbers from 1, over so many keys, a millisecond apart. */
export function numbered(topic: string, count: number, { keys = 50, from = 1, text = '삼성전자', startMs = Date.now() } = {}): Message[] {
  return Array.from({ length: count }, (_, index) => ({
    topic,
    key: `key-${(index + from) % keys}`,
    value: JSON.stringify({ number: index + from, text }),
    timestampMs: startMs + index,
  }))
}

/** The number in a record made by `numbered`. */
export function numberOf({ value }: Pick<KafkaRecord, 'value'>): number {
  return (JSON.parse(value!.toString()) as { number: number }).number
}

/** All numbers in a topic, by key, in the order of their partition. */
export async function numbersIn(bus: Bus, topic: string): Promise<Map<string, number[]>> {
  const numbers = new Map<string, number[]>()
  await bus.scan([topic], record => {
    const key = record.key!.toString()
    const list = numbers.get(key) ?? []
    list.push(numberOf(record))
    numbers.set(key, list)
  })
  return numbers
}

/** What should be in a topic after these messages, each once. */
export function expectedNumbers(messages: readonly Message[]): Map<string, number[]> {
  const numbers = new Map<string, number[]>()
  for (const { key, value } of messages) numbers.set(key, [...(numbers.get(key) ?? []), numberOf({ value: Buffer.from(value) })])
  return numbers
}

async function counted(registry: ReturnType<typeof createRegistry>, name: string, labels: Record<string, string>): Promise<number> {
  const metric = (await registry.getMetricsAsJSON()).find(each => each.name === name)
  const values = (metric?.values ?? []) as { labels: Record<string, string>; value: number }[]
  return values
    .filter(each => Object.entries(labels).every(([key, value]) => each.labels[key] === value))
    .reduce((sum, { value }) => sum + value, 0)
}
