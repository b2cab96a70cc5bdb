import { randomBytes } from 'node:crypto'
import { describeWithServers } from '@tickhouse/testkit'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { type Message, type Publisher, type PublisherOptions, refusedMessageOf, topicsOf } from '../src/index.ts'
import { type KafkaProxy, type ProduceFault, startKafkaProxy } from './kafka-proxy.ts'
import { broker, deleteTopic, expectedNumbers, freshName, freshTopic, numbered, numbersIn, testBus } from './on-kafka.ts'

const duplicateSequence = 46
const outOfOrderSequence = 45
const policyViolation = 44
const invalidTimestamp = 32
const notEnoughReplicasAfterAppend = 20

/** A publisher whose only way to Kafka is the proxy. */
async function behindProxy(options: { requestTimeoutMs?: number; sendTimeoutMs?: number } = {}, how: PublisherOptions = {}) {
  const proxy = await startKafkaProxy(broker())
  const bus = testBus({ brokers: [`127.0.0.1:${proxy.address.port}`], reachedAt: () => proxy.address, ...options })
  const publisher = bus.publisher(how)
  onTestFinished(async () => {
    await publisher.close()
    await proxy.close()
  })
  return { proxy, bus, publisher }
}

/** Publishes in pieces, with one fault before each. */
async function publishWithFaults(
  publisher: Publisher,
  proxy: KafkaProxy,
  messages: readonly Message[],
  faults: readonly ProduceFault[],
): Promise<void> {
  const size = Math.ceil(messages.length / faults.length)
  for (const [index, fault] of faults.entries()) {
    proxy.faults.push(fault)
    await publisher.publish(messages.slice(index * size, (index + 1) * size))
  }
}

describeWithServers('publishing to Kafka', () => {
  test('each message is in the topic once, in the order of its key', async () => {
    const topic = await freshTopic('published')
    const bus = testBus({ batchLimits: { partitionBytes: 4_000, requestBytes: 10_000 } })
    const publisher = bus.publisher()
    onTestFinished(() => publisher.close())
    const messages = numbered(topic, 5_000)
    await Promise.all([publisher.publish(messages.slice(0, 2_000)), publisher.publish(messages.slice(2_000))])
    expect(await numbersIn(bus, topic)).toEqual(expectedNumbers(messages))
    expect(await bus.counted('tickhouse_bus_published_records_total', { topic })).toBe(5_000)
  })

  test('an acknowledgement that is lost on its way back doubles nothing and loses nothing', async () => {
    const topic = await freshTopic('lost-acknowledgement')
    const { proxy, bus, publisher } = await behindProxy()
    const messages = numbered(topic, 2_000)
    const faults: ProduceFault[] = ['lose-answer', 'lose-request', 'lose-answer', 'deliver-late', 'lose-answer']
    await publishWithFaults(publisher, proxy, messages, faults)
    expect(await numbersIn(bus, topic)).toEqual(expectedNumbers(messages))
    expect(proxy.produceRequests).toBeGreaterThanOrEqual(10)
    expect(await bus.counted('tickhouse_bus_reconciled_records_total')).toBe(0)
  })

  test('several acknowledgements lost in a row double nothing', async () => {
    const topic = await freshTopic('lost-in-a-row')
    const { proxy, bus, publisher } = await behindProxy()
    const messages = numbered(topic, 500)
    proxy.faults.push('lose-answer', 'lose-answer', 'deliver-late', 'lose-answer', 'lose-request', 'lose-answer')
    await publisher.publish(messages)
    await publisher.publish(numbered(topic, 500, { from: 501 }))
    expect(await numbersIn(bus, topic)).toEqual(expectedNumbers(numbered(topic, 1_000)))
  })

  test('a connection that falls silent is replaced, and what was sent over it is not doubled', async () => {
    const topic = await freshTopic('silence')
    const { proxy, bus, publisher } = await behindProxy({ requestTimeoutMs: 400 })
    const messages = numbered(topic, 600)
    await publishWithFaults(publisher, proxy, messages, ['withhold-answer', 'withhold-answer', 'lose-answer'])
    expect(await numbersIn(bus, topic)).toEqual(expectedNumbers(messages))
  })

  test('a send that does not end is looked for in the topic, and not doubled', async () => {
    const topic = await freshTopic('endless')
    const { proxy, bus, publisher } = await behindProxy({ sendTimeoutMs: 1_500 })
    const messages = numbered(topic, 600)
    await publishWithFaults(publisher, proxy, messages, ['withhold-answer', 'lose-answer', 'withhold-answer'])
    expect(await numbersIn(bus, topic)).toEqual(expectedNumbers(messages))
    expect(await bus.counted('tickhouse_bus_reconciled_records_total', { found: 'yes' })).toBe(400)
  })

  test('a fatal answer to a request that was appended all the same doubles nothing', async () => {
    const topic = await freshTopic('fatal-but-appended')
    const { proxy, bus, publisher } = await behindProxy()
    const messages = numbered(topic, 900)
    await publishWithFaults(publisher, proxy, messages, [
      { appendAndAnswer: outOfOrderSequence },
      { appendAndAnswer: duplicateSequence },
      'lose-answer',
    ])
    expect(await numbersIn(bus, topic)).toEqual(expectedNumbers(messages))
    expect(await bus.counted('tickhouse_bus_reconciled_records_total', { found: 'yes' })).toBe(600)
  })

  test('a fatal answer to a request that was not appended loses nothing', async () => {
    const topic = await freshTopic('fatal-and-missing')
    const { proxy, bus, publisher } = await behindProxy()
    const messages = numbered(topic, 900)
    await publishWithFaults(publisher, proxy, messages, [
      { answer: outOfOrderSequence },
      { answer: notEnoughReplicasAfterAppend },
      { answer: duplicateSequence },
    ])
    expect(await numbersIn(bus, topic)).toEqual(expectedNumbers(messages))
    expect(await bus.counted('tickhouse_bus_reconciled_records_total', { found: 'no' })).toBe(600)
  })

  test('what is published after a refusal is not mistaken for what was refused', async () => {
    const topic = await freshTopic('after-refusal', 1)
    const { proxy, bus, publisher } = await behindProxy()
    proxy.faults.push({ appendAndAnswer: policyViolation })
    await expect(publisher.publish(numbered(topic, 3))).rejects.toMatchObject({ code: 'BUS_REFUSED' })
    await publisher.publish(numbered(topic, 3, { from: 4 }))
    expect(await numbersIn(bus, topic)).toEqual(expectedNumbers(numbered(topic, 6)))
  })

  test('what is published after an abort is not mistaken for what was under way', async () => {
    const topic = await freshTopic('after-abort', 1)
    const { proxy, bus, publisher } = await behindProxy()
    for (let index = 0; index < 20; index++) proxy.faults.push({ appendAndAnswer: notEnoughReplicasAfterAppend })
    const stop = new AbortController()
    const aborted = expect(publisher.publish(numbered(topic, 3), stop.signal)).rejects.toMatchObject({ name: 'AbortError' })
    await vi.waitFor(() => expect(proxy.produceRequests).toBeGreaterThan(2), { timeout: 10_000 })
    stop.abort()
    await aborted
    proxy.faults.length = 0
    await publisher.publish(numbered(topic, 3, { from: 4 }))
    expect(await numbersIn(bus, topic)).toEqual(expectedNumbers(numbered(topic, 6)))
  })

  test('a message that Kafka would refuse for its size is refused before anything is sent', async () => {
    const topic = await freshTopic('too-large', 1)
    const bus = testBus()
    const publisher = bus.publisher()
    onTestFinished(() => publisher.close())
    const huge = { topic, key: 'k', value: 'x'.repeat(600_000), timestampMs: Date.now() }
    await expect(publisher.publish([huge])).rejects.toMatchObject({ code: 'BUS_MESSAGE_TOO_LARGE' })
    expect(await bus.endOffsets([topic])).toEqual([{ topic, partition: 0, offset: 0 }])
  })

  test('publishing says where each partition ends', async () => {
    const topic = await freshTopic('ends', 2)
    const bus = testBus()
    const publisher = bus.publisher()
    onTestFinished(() => publisher.close())
    await publisher.publish(numbered(topic, 100))
    const ends = await publisher.publish(numbered(topic, 100, { from: 101 }))
    const known = (await bus.endOffsets([topic])).map(({ partition, offset }) => [`${topic}/${partition}`, offset])
    expect([...ends].sort()).toEqual(known.sort())
  })

  describe('records from a clock that was ahead', () => {
    const hoursAhead = (topic: string, count: number, from = 1) =>
      numbered(topic, count, { from }).map(message => ({ ...message, timestampMs: message.timestampMs + 2 * 3_600_000 }))

    async function timesIn(bus: ReturnType<typeof testBus>, topic: string): Promise<number[]> {
      const times: number[] = []
      await bus.scan([topic], ({ timestampMs }) => void times.push(timestampMs))
      return times
    }

    test('are published with the time of now, and so is what comes after them, with its own', async () => {
      const [topic, other] = [await freshTopic('ahead'), await freshTopic('not-ahead')]
      const bus = testBus({ batchLimits: { partitionBytes: 4_000, requestBytes: 20_000 } })
      const publisher = bus.publisher()
      onTestFinished(() => publisher.close())
      const [ahead, good] = [hoursAhead(topic, 500), numbered(topic, 500, { from: 501, startMs: Date.now() - 1_000 })]
      const aside = numbered(other, 500)
      await publisher.publish([...ahead.slice(0, 250), ...aside, ...ahead.slice(250), ...good])
      expect(await numbersIn(bus, topic)).toEqual(expectedNumbers([...ahead, ...good]))
      expect(await numbersIn(bus, other)).toEqual(expectedNumbers(aside))
      const nowMs = Date.now()
      for (const timestampMs of await timesIn(bus, topic)) expect(timestampMs).toBeLessThanOrEqual(nowMs + 1_000)
      expect(await bus.counted('tickhouse_bus_retimed_records_total', { topic })).toBe(500)
      expect(await bus.counted('tickhouse_bus_retimed_records_total', { topic: other })).toBe(0)
    })

    test('are not doubled by an acknowledgement that is lost, whatever time they have in Kafka', async () => {
      const topic = await freshTopic('ahead-in-doubt')
      const { proxy, bus, publisher } = await behindProxy({ sendTimeoutMs: 500 })
      const messages = hoursAhead(topic, 300)
      await publisher.publish(messages.slice(0, 100))
      await publishWithFaults(publisher, proxy, messages.slice(100), ['withhold-answer', { appendAndAnswer: outOfOrderSequence }])
      expect(await numbersIn(bus, topic)).toEqual(expectedNumbers(messages))
      expect(await bus.counted('tickhouse_bus_reconciled_records_total', { found: 'yes' })).toBe(200)
    })

    test('that Kafka refuses even with the time of now are told as a clock that is wrong, where one topic is not waited for', async () => {
      const topic = await freshTopic('clock', 1)
      const { proxy, publisher } = await behindProxy({}, { refusalTimeouts: { missingMs: 0, refusingMs: 0 } })
      for (let index = 0; index < 3; index++) proxy.faults.push({ answer: invalidTimestamp })
      const refused = publisher.publish(numbered(topic, 3))
      await expect(refused).rejects.toMatchObject({ code: 'BUS_CLOCK_DIFFERS', message: expect.stringContaining("ahead of Kafka's") })
    })

    test('wait for the clock to be right, where everything waits for Kafka', async () => {
      const topic = await freshTopic('clock-mended', 1)
      const { proxy, bus, publisher } = await behindProxy()
      for (let index = 0; index < 4; index++) proxy.faults.push({ answer: invalidTimestamp })
      await publisher.publish(numbered(topic, 3))
      expect(await numbersIn(bus, topic)).toEqual(expectedNumbers(numbered(topic, 3)))
    })
  })

  describe('a topic that refuses', () => {
    const refusalTimeouts = { missingMs: 300, refusingMs: 1_500 }
    const [requestTimedOut, notEnoughReplicas] = [7, 19]

    test('and does not exist is named, and what other topics got of the same call is not lost', async () => {
      const [topic, missing] = [await freshTopic('there'), freshName('not-there')]
      const bus = testBus()
      const publisher = bus.publisher({ refusalTimeouts })
      onTestFinished(() => publisher.close())
      const failure = await publisher.publish([...numbered(topic, 10), ...numbered(missing, 10)]).catch((error: Error) => error)
      expect(failure).toMatchObject({ code: 'BUS_TOPIC_MISSING', details: { topics: [missing] } })
      expect((failure as Error).message).not.toContain(topic)
      await publisher.publish(numbered(topic, 10))
      expect(await numbersIn(bus, topic)).toEqual(expectedNumbers(numbered(topic, 10)))
    })

    test('since it was deleted is named within seconds', async () => {
      const [topic, other] = [await freshTopic('deleted', 1), await freshTopic('kept', 1)]
      const publisher = testBus().publisher({ refusalTimeouts })
      onTestFinished(() => publisher.close())
      await publisher.publish([...numbered(topic, 10), ...numbered(other, 10)])
      await deleteTopic(topic)
      const failure = await publisher.publish(numbered(other, 10).concat(numbered(topic, 10))).catch((error: Error) => error)
      expect(topicsOf(failure)).toEqual([topic])
    })

    test.each([
      ['none', '3000'],
      ['zstd', '1000'],
    ] as const)('a batch because its records are many takes them in smaller ones, packed with %s', async (compression, bytes) => {
      const topic = await freshTopic('small-batches', 2, { 'max.message.bytes': bytes })
      const bus = testBus({ compression })
      const publisher = bus.publisher()
      onTestFinished(() => publisher.close())
      const messages = numbered(topic, 2_000)
      await publisher.publish(messages.slice(0, 1_000))
      await publisher.publish(messages.slice(1_000))
      expect(await numbersIn(bus, topic)).toEqual(expectedNumbers(messages))
    })

    test('one record for its size is named with its limit, and tells which record it was', async () => {
      const topic = await freshTopic('one-too-large', 1, { 'max.message.bytes': '3000' })
      const bus = testBus()
      const publisher = bus.publisher()
      onTestFinished(() => publisher.close())
      const messages = numbered(topic, 3)
      const large = { ...messages[1]!, value: JSON.stringify({ number: 2, text: randomBytes(4_000).toString('base64') }) }
      const failure = await publisher.publish([messages[0]!, large, messages[2]!]).catch((error: Error) => error)
      expect(failure).toMatchObject({ code: 'BUS_MESSAGE_TOO_LARGE', message: expect.stringContaining('max.message.bytes') })
      expect(topicsOf(failure)).toEqual([topic])
      expect(String(refusedMessageOf(failure, topic)!.value)).toBe(large.value)
      expect([...(await numbersIn(bus, topic)).values()]).toEqual([[1]])
    })

    test('once Kafka is back has all its time: how long Kafka was away counts for nothing', async () => {
      const topic = await freshTopic('back', 1)
      const { proxy, bus, publisher } = await behindProxy({ requestTimeoutMs: 1_000 }, { refusalTimeouts })
      proxy.faults.push('withhold-answer', 'withhold-answer', { answer: notEnoughReplicas }, { answer: notEnoughReplicas })
      await publisher.publish(numbered(topic, 3))
      expect(await numbersIn(bus, topic)).toEqual(expectedNumbers(numbered(topic, 3)))
    })

    test('whose replicas do not answer is waited for: without a quorum no leader can do without them', async () => {
      const topic = await freshTopic('unanswered', 1)
      const { proxy, bus, publisher } = await behindProxy({}, { refusalTimeouts: { missingMs: 0, refusingMs: 0 } })
      for (let index = 0; index < 4; index++) proxy.faults.push({ answer: requestTimedOut })
      await publisher.publish(numbered(topic, 3))
      expect(await numbersIn(bus, topic)).toEqual(expectedNumbers(numbered(topic, 3)))
    })

    test('for want of replicas is waited for as long as was said, then named', async () => {
      const topic = await freshTopic('few-replicas', 1)
      const { proxy, publisher } = await behindProxy({}, { refusalTimeouts })
      for (let index = 0; index < 40; index++) proxy.faults.push({ answer: notEnoughReplicas })
      const startedAt = performance.now()
      const failure = await publisher.publish(numbered(topic, 3)).catch((error: Error) => error)
      expect(performance.now() - startedAt).toBeGreaterThan(refusalTimeouts.refusingMs)
      expect(failure).toMatchObject({ code: 'BUS_UNAVAILABLE', details: { topics: [topic] } })
    })
  })

  test('a Kafka that is away at the start and again later is waited for', async () => {
    const topic = await freshTopic('away')
    const { proxy, bus, publisher } = await behindProxy()
    proxy.cut()
    const messages = numbered(topic, 300)
    const first = publisher.publish(messages.slice(0, 100))
    setTimeout(() => proxy.restore(), 700)
    await first
    proxy.cut()
    const second = publisher.publish(messages.slice(100))
    setTimeout(() => proxy.restore(), 700)
    await second
    expect(await numbersIn(bus, topic)).toEqual(expectedNumbers(messages))
  })

  test('waiting for Kafka ends when the signal says so', async () => {
    const topic = await freshTopic('given-up')
    const { proxy, publisher } = await behindProxy()
    await publisher.publish(numbered(topic, 1))
    proxy.cut()
    const stop = new AbortController()
    setTimeout(() => stop.abort(), 300)
    await expect(publisher.publish(numbered(topic, 1), stop.signal)).rejects.toMatchObject({ name: 'AbortError' })
  })
})
