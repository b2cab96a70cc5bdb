import { zstdCompressSync, zstdDecompressSync } from 'node:zlib'
import { describeWithServers } from '@tickhouse/testkit'
import kafkajs from 'kafkajs'
import { expect, onTestFinished, test, vi } from 'vitest'
import type { GroupReader, StartAt } from '../src/index.ts'
import { broker, expectedNumbers, freshName, freshTopic, numbered, numberOf, numbersIn, testBus } from './on-kafka.ts'

const { CompressionCodecs, CompressionTypes } = kafkajs
const patient = { timeout: 30_000 }
const fromCommitted: StartAt = async partitions =>
  partitions.map(({ topic, partition, committed, earliest }) => ({ topic, partition, offset: Math.max(committed?.offset ?? 0, earliest) }))

CompressionCodecs[CompressionTypes.ZSTD] = () => ({
  compress: async ({ buffer }: { buffer: Buffer }) => zstdCompressSync(buffer),
  decompress: async (buffer: Buffer) => zstdDecompressSync(buffer),
})

async function admin(): Promise<kafkajs.Admin> {
  const made = new kafkajs.Kafka({ brokers: [broker()], logLevel: kafkajs.logLevel.NOTHING }).admin()
  onTestFinished(() => made.disconnect())
  await made.connect()
  return made
}

async function publish(topic: string, count: number, from = 1): Promise<ReturnType<typeof numbered>> {
  const messages = numbered(topic, count, { from })
  const publisher = testBus().publisher()
  await publisher.publish(messages)
  await publisher.close()
  return messages
}

/** A producer of somebody else, with a codec of its own. */
async function produce(topic: string, values: readonly (string | Buffer)[], compression: kafkajs.CompressionTypes): Promise<void> {
  const producer = new kafkajs.Kafka({ brokers: [broker()], logLevel: kafkajs.logLevel.NOTHING }).producer()
  onTestFinished(() => producer.disconnect())
  await producer.connect()
  await producer.send({ topic, compression, messages: values.map(value => ({ key: 'key', partition: 0, value })) })
}

/** A record that is small in Kafka and larger than memory should be when inflated. */
const bomb = (topic: string) => produce(topic, [Buffer.alloc(40 << 20)], CompressionTypes.GZIP)

/** Reads as a member of a group until the test is over; the numbers that came, by topic. */
function reading(topics: readonly string[]): { reader: GroupReader; numbers: Map<string, number[]> } {
  const stop = new AbortController()
  const numbers = new Map<string, number[]>(topics.map(topic => [topic, []]))
  const reader = testBus().reader({ groupId: freshName('group'), topics, startAt: fromCommitted, limits: { minBytes: 1, maxWaitMs: 50 } })
  const ended = (async () => {
    for await (const { partitions, commit } of reader.polls(stop.signal)) {
      for (const { topic, records } of partitions) numbers.get(topic)!.push(...records.map(numberOf))
      await commit(partitions.map(({ topic, partition, nextOffset }) => ({ topic, partition, offset: nextOffset, metadata: '' })))
    }
  })()
  onTestFinished(async () => {
    stop.abort()
    await ended
    await reader.close()
  })
  return { reader, numbers }
}

const upTo = (count: number) => Array.from({ length: count }, (_, index) => index + 1)

describeWithServers('what a broker has packed', () => {
  test.each(['gzip', 'snappy', 'lz4', 'zstd', 'uncompressed', 'producer'])(
    'a topic of compression.type %s is read, whoever wrote it with whatever codec',
    async type => {
      const topic = await freshTopic('packed', 2, { 'compression.type': type })
      const messages = await publish(topic, 2_000)
      expect(await numbersIn(testBus(), topic)).toEqual(expectedNumbers(messages))
      const foreign = [CompressionTypes.GZIP, CompressionTypes.ZSTD]
      for (const compression of foreign) await produce(topic, ['{"number":-1}', '{"number":-2}'], compression)
      const numbers = await numbersIn(testBus(), topic)
      expect(numbers.get('key')).toEqual([-1, -2, -1, -2])
    },
  )

  test('batches of all codecs stand in one partition and are read in order, by a member of a group as well', async () => {
    const topic = await freshTopic('changed', 1)
    const kafka = await admin()
    let from = 1
    for (const value of ['zstd', 'lz4', 'snappy', 'gzip', 'producer']) {
      await kafka.alterConfigs({
        validateOnly: false,
        resources: [{ type: kafkajs.ConfigResourceTypes.TOPIC, name: topic, configEntries: [{ name: 'compression.type', value }] }],
      })
      await publish(topic, 300, from)
      from += 300
    }
    const { numbers } = reading([topic])
    await vi.waitFor(() => expect(numbers.get(topic)).toEqual(upTo(1_500)), patient)
  })
})

describeWithServers('a record batch that cannot be read', () => {
  test('holds up its own partition only, is named, and when it is gone reading goes on behind it', async () => {
    const [bad, good] = [await freshTopic('bad', 1), await freshTopic('good', 1)]
    await publish(bad, 10)
    await bomb(bad)
    await publish(bad, 5, 11)
    await publish(good, 10)
    const { reader, numbers } = reading([bad, good])
    await vi.waitFor(() => {
      expect(reader.unread).toMatchObject([{ topic: bad, partition: 0, offset: 10, reason: 'unreadable' }])
      expect(reader.unread[0]!.message).toMatch(/offset 10 of .* gzip: larger than \d+ bytes when inflated/)
    }, patient)
    expect(numbers.get(bad)).toEqual(upTo(10))
    await publish(good, 10, 11)
    await vi.waitFor(() => expect(numbers.get(good)).toEqual(upTo(20)), patient)
    const place = reader.progress.find(({ topic }) => topic === bad)!
    expect(place.highWatermark - place.offset).toBe(6)
    const kafka = await admin()
    await kafka.fetchTopicOffsets(bad)
    await kafka.deleteTopicRecords({ topic: bad, partitions: [{ partition: 0, offset: '11' }] })
    await vi.waitFor(() => expect(numbers.get(bad)).toEqual(upTo(15)), patient)
    expect(reader.unread).toEqual([])
  })

  test('a finite read gives all the rest first and then says which', async () => {
    const [bad, good] = [await freshTopic('bad', 1), await freshTopic('good', 1)]
    await publish(bad, 10)
    await bomb(bad)
    await publish(good, 500)
    const numbers: number[] = []
    const scanned = testBus().scan([bad, good], record => void numbers.push(numberOf(record)))
    await expect(scanned).rejects.toMatchObject({ code: 'BUS_BATCH_UNREADABLE', details: { topic: bad, partition: 0, offset: 10 } })
    expect(numbers).toHaveLength(510)
    await expect(testBus().recordAt({ topic: bad, partition: 0, offset: 10 })).rejects.toMatchObject({ code: 'BUS_BATCH_UNREADABLE' })
  })

  test('a follower is told once, and goes on with the others', async () => {
    const [bad, good] = [await freshTopic('bad', 1), await freshTopic('good', 1)]
    await bomb(bad)
    const stop = new AbortController()
    const [numbers, told]: [number[], string[]] = [[], []]
    const ended = testBus().follow(
      [bad, good],
      0,
      records => void numbers.push(...records.map(numberOf)),
      stop.signal,
      error => void told.push(error.message),
    )
    await vi.waitFor(() => expect(told).toMatchObject([expect.stringContaining(`offset 0 of ${bad}/0`)]), patient)
    await publish(good, 10)
    await vi.waitFor(() => expect(numbers).toEqual(upTo(10)), patient)
    stop.abort()
    await ended
  })
})

describeWithServers('a topic that is missing', () => {
  test('is named while the others are read, and is taken in when it comes; one that is deleted stops itself only', async () => {
    const [missing, there] = [freshName('missing'), await freshTopic('there', 1)]
    await publish(there, 10)
    const { reader, numbers } = reading([missing, there])
    await vi.waitFor(() => expect(numbers.get(there)).toEqual(upTo(10)), patient)
    await vi.waitFor(
      () =>
        expect(reader.unread).toMatchObject([
          { topic: missing, partition: null, reason: 'topic_missing', message: expect.stringContaining('topics apply') },
        ]),
      patient,
    )
    const { topics } = testBus()
    await topics.apply(await topics.plan([{ name: missing, dataset: 'x', partitions: 1, config: {} }]))
    await publish(missing, 10)
    await vi.waitFor(() => expect(numbers.get(missing)).toEqual(upTo(10)), patient)
    await vi.waitFor(() => expect(reader.unread).toEqual([]), patient)
    const kafka = await admin()
    await kafka.deleteTopics({ topics: [missing] })
    await vi.waitFor(() => expect(reader.unread).toMatchObject([{ topic: missing, partition: null, reason: 'topic_missing' }]), patient)
    await publish(there, 10, 11)
    await vi.waitFor(() => expect(numbers.get(there)).toEqual(upTo(20)), patient)
  })
})

describeWithServers('a topic that is held', () => {
  test('is not read, and when it is released what was not committed comes again', async () => {
    const [held, other] = [await freshTopic('held', 2), await freshTopic('other', 1)]
    const { reader, numbers } = reading([held, other])
    await publish(other, 10)
    await vi.waitFor(() => expect(numbers.get(other)).toEqual(upTo(10)), patient)
    reader.hold(held)
    await publish(held, 20)
    await publish(other, 10, 11)
    await vi.waitFor(() => expect(numbers.get(other)).toEqual(upTo(20)), patient)
    expect(numbers.get(held)).toEqual([])
    // How far Kafka has come is known all the same.
    const lag = () =>
      reader.progress.filter(({ topic }) => topic === held).reduce((sum, { highWatermark, offset }) => sum + highWatermark - offset, 0)
    await vi.waitFor(() => expect(lag()).toBe(20), patient)
    reader.release(held)
    await vi.waitFor(() => expect(numbers.get(held)!.toSorted((a, b) => a - b)).toEqual(upTo(20)), patient)
  })

  test('a topic whose beginning takes its time keeps no other waiting', async () => {
    const [slow, quick] = [await freshTopic('slow', 1), await freshTopic('quick', 1)]
    await publish(slow, 10)
    await publish(quick, 10)
    const ready = Promise.withResolvers<void>()
    const stop = new AbortController()
    const numbers: Record<string, number[]> = { [slow]: [], [quick]: [] }
    const startAt: StartAt = async (partitions, recordAt) => {
      if (partitions[0]!.topic === slow) await ready.promise
      return fromCommitted(partitions, recordAt)
    }
    const reader = testBus().reader({ groupId: freshName('group'), topics: [slow, quick], startAt, limits: { minBytes: 1, maxWaitMs: 50 } })
    const ended = (async () => {
      for await (const { partitions } of reader.polls(stop.signal))
        for (const { topic, records } of partitions) numbers[topic]!.push(...records.map(numberOf))
    })()
    await vi.waitFor(() => expect(numbers[quick]).toEqual(upTo(10)), patient)
    expect(numbers[slow]).toEqual([])
    ready.resolve()
    await vi.waitFor(() => expect(numbers[slow]).toEqual(upTo(10)), patient)
    stop.abort()
    await ended
    await reader.close()
  })
})
