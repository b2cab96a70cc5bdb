import { describeWithServers, eventually } from '@tickhouse/testkit'
import kafkajs from 'kafkajs'
import { expect, onTestFinished, test } from 'vitest'
import { startKafkaProxy } from './kafka-proxy.ts'
import { broker, expectedNumbers, freshTopic, numbered, numberOf, numbersIn, testBus } from './on-kafka.ts'

const kafka = () => new kafkajs.Kafka({ brokers: [broker()], logLevel: kafkajs.logLevel.NOTHING })

async function published(topic: string, count: number) {
  const messages = numbered(topic, count)
  const publisher = testBus().publisher()
  onTestFinished(() => publisher.close())
  await publisher.publish(messages)
  return messages
}

describeWithServers('reading Kafka to its end', () => {
  test('an empty topic is read to its end at once', async () => {
    const topic = await freshTopic('empty')
    const numbers: number[] = []
    await testBus().scan([topic], record => void numbers.push(numberOf(record)))
    expect(numbers).toEqual([])
  })

  test('reading since a moment gives every record from then on and none before', async () => {
    const [topic, other] = [await freshTopic('since'), await freshTopic('since-other')]
    const messages = await published(topic, 1_000)
    const numbers: number[] = []
    await testBus().readSince([topic, other], messages[700]!.timestampMs, record => void numbers.push(numberOf(record)))
    expect(numbers.sort((a, b) => a - b)).toEqual(Array.from({ length: 300 }, (_, index) => index + 701))
  })

  test('reading since a moment after the last record gives nothing', async () => {
    const topic = await freshTopic('future')
    await published(topic, 10)
    let records = 0
    await testBus().readSince([topic], Date.now() + 3_600_000, () => void records++)
    expect(records).toBe(0)
  })

  test('a record keeps its key, value and time', async () => {
    const topic = await freshTopic('faithful', 1)
    const publisher = testBus().publisher()
    onTestFinished(() => publisher.close())
    await publisher.publish([{ topic, key: '005930', value: '{"text":"삼성전자"}', timestampMs: 1_700_000_000_123 }])
    const records: unknown[] = []
    await testBus().scan([topic], record => void records.push(record))
    expect(records).toEqual([
      {
        topic,
        partition: 0,
        offset: 0,
        timestampMs: 1_700_000_000_123,
        key: Buffer.from('005930'),
        value: Buffer.from('{"text":"삼성전자"}'),
      },
    ])
  })

  test('one record is found by its position, and what is not there is not waited for', async () => {
    const topic = await freshTopic('one', 1)
    await published(topic, 100)
    const at = async (offset: number) => {
      const record = await testBus().recordAt({ topic, partition: 0, offset })
      return record && [record.offset, numberOf(record)]
    }
    expect(await at(41)).toEqual([41, 42])
    expect(await at(99)).toEqual([99, 100])
    expect(await at(100)).toBeUndefined()
    expect(await at(5_000)).toBeUndefined()
    const admin = kafka().admin()
    onTestFinished(() => admin.disconnect())
    await admin.connect()
    await admin.fetchTopicOffsets(topic)
    await admin.deleteTopicRecords({ topic, partitions: [{ partition: 0, offset: '50' }] })
    expect(await at(41)).toBeUndefined()
    expect(await at(50)).toEqual([50, 51])
  })

  test('records that have expired are not waited for', async () => {
    const topic = await freshTopic('expired', 2)
    await published(topic, 100)
    const admin = kafka().admin()
    onTestFinished(() => admin.disconnect())
    await admin.connect()
    const [end] = (await testBus().endOffsets([topic])).filter(({ partition }) => partition === 0)
    await admin.fetchTopicOffsets(topic)
    await admin.deleteTopicRecords({ topic, partitions: [{ partition: 0, offset: String(end!.offset - 5) }] })
    const offsets: number[] = []
    await testBus().scan([topic], ({ partition, offset }) => {
      if (partition === 0) offsets.push(offset)
    })
    expect(offsets).toEqual([5, 4, 3, 2, 1].map(before => end!.offset - before))
  })

  test("a partition that ends with Kafka's own control records is read to its end", async () => {
    const topic = await freshTopic('transactional', 1)
    const producer = kafka().producer({ idempotent: true, transactionalId: topic, maxInFlightRequests: 1 })
    onTestFinished(() => producer.disconnect())
    await producer.connect()
    const transaction = await producer.transaction()
    await transaction.send({ topic, messages: [{ key: 'key', value: '{"number":1}' }] })
    await transaction.commit()
    expect(await numbersIn(testBus(), topic)).toEqual(new Map([['key', [1]]]))
  })

  test('a topic that the broker compresses is read as well', async () => {
    const topic = await freshTopic('compressed', 2, { 'compression.type': 'gzip' })
    const messages = numbered(topic, 500)
    const publisher = testBus().publisher()
    onTestFinished(() => publisher.close())
    await publisher.publish(messages)
    expect(await numbersIn(testBus(), topic)).toEqual(expectedNumbers(messages))
  })

  test('a read that is interrupted goes on where it was', async () => {
    const topic = await freshTopic('interrupted')
    const messages = numbered(topic, 3_000, { text: 'x'.repeat(10_000) })
    const publisher = testBus().publisher()
    onTestFinished(() => publisher.close())
    await publisher.publish(messages)
    const proxy = await startKafkaProxy(broker())
    onTestFinished(() => proxy.close())
    const bus = testBus({ brokers: [`127.0.0.1:${proxy.address.port}`], reachedAt: () => proxy.address })
    const numbers: number[] = []
    await bus.scan([topic], record => {
      numbers.push(numberOf(record))
      if (numbers.length !== 500) return
      proxy.cut()
      setTimeout(() => proxy.restore(), 300)
    })
    expect(numbers.sort((a, b) => a - b)).toEqual(Array.from({ length: 3_000 }, (_, index) => index + 1))
  })

  test('a topic that does not exist is an error, not an empty one', async () => {
    await expect(testBus().scan(['test.never.made'], () => {})).rejects.toMatchObject({ code: 'BUS_TOPIC_MISSING' })
  })

  test('a read ends when its signal says so', async () => {
    const topic = await freshTopic('stopped')
    await published(topic, 10)
    await expect(testBus().scan([topic], () => {}, AbortSignal.abort())).rejects.toMatchObject({ name: 'AbortError' })
  })
})

describeWithServers('following Kafka', () => {
  function following(topic: string, sinceMs?: number) {
    const stop = new AbortController()
    const numbers: number[] = []
    const ended = testBus().follow([topic], sinceMs, records => void numbers.push(...records.map(numberOf)), stop.signal)
    onTestFinished(async () => {
      stop.abort()
      await ended
    })
    return { numbers, stop, ended }
  }

  test('gives what is there since a moment and then what comes, each once, and resolves when it is told to stop', async () => {
    const topic = await freshTopic('followed')
    const messages = await published(topic, 100)
    const { numbers, stop, ended } = following(topic, messages[90]!.timestampMs)
    await eventually(() => expect(numbers.length).toBe(10))
    const publisher = testBus().publisher()
    onTestFinished(() => publisher.close())
    await publisher.publish(numbered(topic, 50, { from: 101 }))
    await eventually(() => expect(numbers.length).toBe(60))
    stop.abort()
    await ended
    expect(numbers.sort((a, b) => a - b)).toEqual(Array.from({ length: 60 }, (_, index) => index + 91))
  })

  test('from now on gives nothing of what was there', async () => {
    const topic = await freshTopic('from-now', 1)
    await published(topic, 10)
    const { numbers } = following(topic)
    const publisher = testBus().publisher()
    onTestFinished(() => publisher.close())
    await eventually(async () => {
      await publisher.publish(numbered(topic, 1, { from: 11 }))
      expect(numbers).toContain(11)
    })
    expect(new Set(numbers)).toEqual(new Set([11]))
  })

  test('leaves no group behind', async () => {
    const topic = await freshTopic('groupless', 1)
    const messages = await published(topic, 1)
    const { numbers } = following(topic, messages[0]!.timestampMs)
    await eventually(() => expect(numbers).toEqual([1]))
    const admin = kafka().admin()
    onTestFinished(() => admin.disconnect())
    await admin.connect()
    const { groups } = await admin.listGroups()
    expect(groups.map(({ groupId }) => groupId)).not.toContain('tickhouse-never-joined')
  })
})
