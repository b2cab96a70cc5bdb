import { describeWithServers } from '@tickhouse/testkit'
import { expect, onTestFinished, test } from 'vitest'
import type { Message, Publisher } from '../src/index.ts'
import { type KafkaProxy, type ProduceFault, startKafkaProxy } from './kafka-proxy.ts'
import { broker, expectedNumbers, freshTopic, numbered, numbersIn, testBus } from './on-kafka.ts'

const duplicateSequence = 46
const outOfOrderSequence = 45
const messageTooLarge = 10
const notEnoughReplicasAfterAppend = 20

/** A publisher whose only way to Kafka is the proxy. */
async function behindProxy(options: { requestTimeoutMs?: number; sendTimeoutMs?: number } = {}) {
  const proxy = await startKafkaProxy(broker())
  const bus = testBus({ brokers: [`127.0.0.1:${proxy.address.port}`], reachedAt: () => proxy.address, ...options })
  const publisher = bus.publisher()
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
    const { proxy, bus, publisher } = await behindProxy({ sendTimeoutMs: 500 })
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
    proxy.faults.push({ appendAndAnswer: messageTooLarge })
    await expect(publisher.publish(numbered(topic, 3))).rejects.toMatchObject({ code: 'BUS_REFUSED' })
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
