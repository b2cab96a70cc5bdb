import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { zstdDecompressSync } from 'node:zlib'
import { describeWithLocalServers, describeWithServers, localServers } from '@tickhouse/testkit'
import kafkajs from 'kafkajs'
import { decompressFrameSync } from 'lz4-napi'
import { expect, onTestFinished, test, vi } from 'vitest'
import { compressions } from '../src/compression/packing.ts'
import type { Message } from '../src/index.ts'
import { broker, freshName, freshTopic, numbered, testBus } from './on-kafka.ts'

// What packages that teach kafkajs a codec do.
kafkajs.CompressionCodecs[kafkajs.CompressionTypes.ZSTD] = () => ({ decompress: async (bytes: Buffer) => zstdDecompressSync(bytes) })
kafkajs.CompressionCodecs[kafkajs.CompressionTypes.LZ4] = () => ({ decompress: async (bytes: Buffer) => decompressFrameSync(bytes) })

/** A record as a client reads it. */
interface Seen {
  readonly offset: number
  readonly timestampMs: number
  readonly key: string
  readonly value: string
}

/** Publishes large batches and small ones; what should stand in the topic's one partition. */
async function publishedWith(compression: (typeof compressions)[number]): Promise<{ topic: string; expected: Seen[] }> {
  const topic = await freshTopic(compression, 1)
  const publisher = testBus({ compression }).publisher()
  onTestFinished(() => publisher.close())
  const messages = numbered(topic, 3_000)
  await publisher.publish(messages.slice(0, 2_990))
  for (const message of messages.slice(2_990)) await publisher.publish([message])
  const seen = ({ key, value, timestampMs }: Message, offset: number) => ({ offset, timestampMs, key, value: value.toString() })
  return { topic, expected: messages.map(seen) }
}

describeWithServers('what we publish', () => {
  test.each(compressions)('is read by a plain consumer of kafkajs, packed with %s', async compression => {
    const { topic, expected } = await publishedWith(compression)
    const consumer = new kafkajs.Kafka({ brokers: [broker()], logLevel: kafkajs.logLevel.NOTHING }).consumer({
      groupId: freshName('plain'),
    })
    onTestFinished(() => consumer.disconnect())
    await consumer.connect()
    await consumer.subscribe({ topics: [topic], fromBeginning: true })
    const seen: Seen[] = []
    const eachMessage: kafkajs.EachMessageHandler = async ({ message: { offset, timestamp, key, value } }) => {
      seen.push({ offset: Number(offset), timestampMs: Number(timestamp), key: key!.toString(), value: value!.toString() })
    }
    await consumer.run({ eachMessage })
    await vi.waitFor(() => expect(seen).toHaveLength(expected.length), { timeout: 60_000 })
    expect(seen).toEqual(expected)
  })
})

describeWithLocalServers('what we publish', () => {
  test.each(compressions)('is read by the Java client, packed with %s', async compression => {
    const { topic, expected } = await publishedWith(compression)
    const { java, jars } = localServers()
    const words = ['-cp', jars.kafka, join(import.meta.dirname, 'Consume.java'), broker(), topic]
    const { stdout } = await promisify(execFile)(java, words, { maxBuffer: 64 << 20 })
    const text = (base64: string) => Buffer.from(base64, 'base64').toString()
    const seen = stdout
      .trim()
      .split('\n')
      .map(line => line.split(' ') as [string, string, string, string])
      .map(([offset, time, key, value]) => ({ offset: Number(offset), timestampMs: Number(time), key: text(key), value: text(value) }))
    expect(seen).toEqual(expected)
  })
})
