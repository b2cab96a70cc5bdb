import { createRequire } from 'node:module'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ProducerSequences } from '../src/kafkajs/producer.ts'
import type { KafkaRecord } from '../src/records.ts'
import { headerBytes } from '../src/wire/batch-layout.ts'
import type { PartitionBatch, WireMessage } from '../src/wire/batches.ts'
import { type BatchNumbering, writeBatch, writeProduceRequest } from '../src/wire/produce-request.ts'
import { decodeBatch } from '../src/wire/record-batch.ts'
import { WireWriter } from '../src/wire/wire-writer.ts'

const load = createRequire(import.meta.url)
const requestOf = load('kafkajs/src/protocol/requests/produce/v7/request') as (options: object) => { encode(): Promise<{ buffer: Buffer }> }
const Decoder = load('kafkajs/src/protocol/decoder') as new (bytes: Buffer) => object
const decodeAsKafkajs = load('kafkajs/src/protocol/recordBatch/v0/decoder') as (decoder: object) => Promise<{
  records: { key: Buffer; value: Buffer; timestamp: string; offset: string }[]
}>

// kafkajs puts times in order as texts, which is right for times of as many digits.
const timestampMs = fc.integer({ min: 1_000_000_000_000, max: 9_999_999_999_999 })
const message: fc.Arbitrary<WireMessage> = fc.record({
  key: fc.string({ maxLength: 30, unit: 'grapheme' }),
  value: fc.string({ maxLength: 300, unit: 'grapheme' }).map(text => Buffer.from(text)),
  timestampMs,
})
const messages = fc.array(message, { minLength: 1, maxLength: 80 })
const batches = fc.uniqueArray(
  fc.record({
    topic: fc.constantFrom('kiwoom.market.trade.v1', 'kiwoom.market.order-book.v1', '종목'),
    partition: fc.nat(5),
    messages,
    bytes: fc.constant(0),
  }),
  { selector: ({ topic, partition }) => `${topic}/${partition}`, minLength: 1, maxLength: 8 },
)
const numbering = fc.record({
  producerId: fc.integer({ min: 0, max: 2 ** 48 }),
  producerEpoch: fc.nat(2 ** 15 - 1),
  sequence: fc.nat(2 ** 31 - 1),
})

/** The same request by kafkajs' encoder. */
async function asKafkajs(all: readonly PartitionBatch[], { producerId, producerEpoch, sequence }: BatchNumbering): Promise<Buffer> {
  const topicData = [...Map.groupBy(all, ({ topic }) => topic)].map(([topic, partitions]) => ({
    topic,
    partitions: partitions.map(({ partition, messages: own }) => ({
      partition,
      firstSequence: sequence,
      messages: own.map(({ timestampMs: time, ...rest }) => ({ ...rest, timestamp: String(time) })),
    })),
  }))
  const request = requestOf({ acks: -1, timeout: 10_000, producerId: String(producerId), producerEpoch, compression: 0, topicData })
  return (await request.encode()).buffer
}

test('a request is byte for byte what kafkajs makes of it, again and again in the same buffer', async () => {
  const out = new WireWriter()
  await fc.assert(
    fc.asyncProperty(batches, numbering, async (all, numbers) => {
      const ours = writeProduceRequest(out, all, () => numbers, { timeoutMs: 10_000 })
      expect(ours.equals(await asKafkajs(all, numbers))).toBe(true)
    }),
    { numRuns: 100 },
  )
})

test('the buffer grows at any place of a request without losing what is in it', async () => {
  const numbers = { producerId: 1, producerEpoch: 0, sequence: 0 }
  for (const size of [100, 1_000, 65_000, 65_400, 66_000, 150_000, 300_000]) {
    const row = { key: '005930', value: Buffer.alloc(size, '체결'), timestampMs: 1_764_000_000_000 }
    const all = [0, 1, 2].map(partition => ({ topic: 't', partition, messages: [row, row, row], bytes: 0 }))
    const ours = writeProduceRequest(new WireWriter(), all, () => numbers, { timeoutMs: 10_000 })
    expect(ours.equals(await asKafkajs(all, numbers))).toBe(true)
  }
})

/** The one batch of these messages. */
function batchOf(some: readonly WireMessage[], numbers: BatchNumbering = { producerId: 1, producerEpoch: 0, sequence: 0 }): Buffer {
  const out = new WireWriter()
  writeBatch(out, some, numbers)
  return out.bytes()
}

test('the records of a batch are what went in: for our decoder and for that of kafkajs', async () => {
  await fc.assert(
    fc.asyncProperty(messages, numbering, async (some, numbers) => {
      const bytes = batchOf(some, numbers)
      const records: KafkaRecord[] = []
      expect(decodeBatch(bytes, 0, { bytes: 0 }, records)).toMatchObject({ nextOffset: some.length })
      const expected = some.map(({ key, value, timestampMs: time }, offset) => ({
        offset,
        timestampMs: time,
        key: Buffer.from(key),
        value,
      }))
      expect(records).toEqual(expected)
      const theirs = (await decodeAsKafkajs(new Decoder(bytes))).records
      expect(
        theirs.map(({ key, value, timestamp, offset }) => ({ key, value, timestampMs: Number(timestamp), offset: Number(offset) })),
      ).toEqual(expected)
    }),
    { numRuns: 100 },
  )
})

test('records stay byte for byte what they are: attributes, time, offset, key, value, no headers', () => {
  const bytes = batchOf([
    { key: '005930', value: Buffer.from('{"price":1}'), timestampMs: 1_764_000_000_001 },
    { key: '', value: Buffer.from('가'), timestampMs: 1_764_000_000_000 },
  ])
  expect(bytes.subarray(headerBytes).toString('hex')).toBe(
    ['2e', '00', '02', '00', '0c', '303035393330', '16', '7b227072696365223a317d', '00'].join('') +
      ['12', '00', '00', '02', '00', '06', 'eab080', '00'].join(''),
  )
  expect(bytes.subarray(0, headerBytes).toString('hex')).toBe(
    [
      '0000000000000000',
      '00000053',
      '00000000',
      '02',
      bytes.subarray(17, 21).toString('hex'),
      '0000',
      '00000001',
      '0000019ab697e800',
      '0000019ab697e801',
      '0000000000000001',
      '0000',
      '00000000',
      '00000002',
    ].join(''),
  )
})

test('the numbers of a partition go on from what was acknowledged, and begin anew behind the greatest', () => {
  const sequences = new ProducerSequences()
  const partition = { topic: 't', partition: 1 }
  expect(sequences.of(partition)).toBe(0)
  sequences.move(partition, 2 ** 31 - 3)
  expect(sequences.of(partition)).toBe(2 ** 31 - 3)
  sequences.move(partition, 5)
  expect(sequences.of(partition)).toBe(2)
  expect(sequences.of({ topic: 't', partition: 2 })).toBe(0)
})
