import { createRequire } from 'node:module'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { fromKafkajs } from '../src/kafkajs/request-hooks.ts'
import { crc32c } from '../src/wire/crc32c.ts'
import { type AnsweredPartition, decodeFetchAnswer, type FetchAnswer } from '../src/wire/fetch-answer.ts'
import { packers } from './packed.ts'

/** What kafkajs encodes with; the numbers of Kafka's protocol, in order. */
interface Encoder {
  readonly buffer: Buffer
  writeInt16(value: number): Encoder
  writeInt32(value: number): Encoder
  writeInt64(value: number | bigint): Encoder
  writeString(value: string): Encoder
}

const load = createRequire(import.meta.url)
const Encoder = load('kafkajs/src/protocol/encoder') as new () => Encoder
const Record = load('kafkajs/src/protocol/recordBatch/record/v0') as (record: object) => unknown
const { RecordBatch } = load('kafkajs/src/protocol/recordBatch/v0') as { RecordBatch(batch: object): Promise<Encoder> }
const { decode } = load('kafkajs/src/protocol/requests/fetch/v11/response') as {
  decode(bytes: Buffer): Promise<Parameters<typeof fromKafkajs>[0]>
}

const record = fc.record({
  key: fc.option(fc.string({ maxLength: 10 })),
  value: fc.option(fc.string({ maxLength: 300, unit: 'grapheme' })),
  stepMs: fc.integer({ min: 0, max: 5_000_000_000 }),
  headers: fc.dictionary(fc.constantFrom('a', 'b'), fc.string({ maxLength: 5 })),
})
const batch = fc.record({
  baseOffset: fc.integer({ min: 0, max: 2 ** 48 }),
  baseTimeMs: fc.integer({ min: 0, max: 2 ** 43 }),
  records: fc.array(record, { minLength: 1, maxLength: 30 }),
})
type Batch = typeof batch extends fc.Arbitrary<infer T> ? T : never

async function batchBytes({ baseOffset, baseTimeMs, records }: Batch): Promise<Buffer> {
  const encoded = records.map(({ key, value, stepMs, headers }, offsetDelta) =>
    Record({ key, value, headers, offsetDelta, timestampDelta: stepMs }),
  )
  const fields = {
    firstOffset: BigInt(baseOffset),
    firstTimestamp: baseTimeMs,
    maxTimestamp: baseTimeMs,
    lastOffsetDelta: records.length - 1,
    compression: 0,
  }
  return (await RecordBatch({ ...fields, records: encoded })).buffer
}

/** An answer with one partition per list of batches; `cut` bytes are missing from the end of each, as Kafka's size limit does it. */
function answerBytes(partitions: readonly Buffer[][], cut = 0): Buffer {
  const head = new Encoder().writeInt32(0).writeInt16(0).writeInt32(0).writeInt32(1).writeString('topic').writeInt32(partitions.length)
  const parts = partitions.map((batches, partition) => {
    const whole = Buffer.concat(batches)
    const set = whole.subarray(0, Math.max(0, whole.length - cut))
    const fields = new Encoder().writeInt32(partition).writeInt16(0).writeInt64(100).writeInt64(100).writeInt64(0).writeInt32(1)
    fields.writeInt64(7).writeInt64(8).writeInt32(-1).writeInt32(set.length)
    return Buffer.concat([fields.buffer, set])
  })
  return Buffer.concat([head.buffer, ...parts])
}

/** kafkajs does not tell the size of what it has decoded. */
const withoutSizes = ({ bytes: _, packedBytes: __, isShared: ___, ...partition }: AnsweredPartition) => partition

function withoutBytes({ responses }: FetchAnswer) {
  return responses.map(({ partitions, ...topic }) => ({ ...topic, partitions: partitions.map(withoutSizes) }))
}

async function sameAsKafkajs(bytes: Buffer): Promise<void> {
  const ours = decodeFetchAnswer(bytes, 1 << 20)
  const theirs = fromKafkajs(await decode(bytes))
  expect(withoutBytes(ours)).toEqual(withoutBytes(theirs))
  expect(ours.clientSideThrottleTime).toBe(theirs.clientSideThrottleTime)
}

test('an answer is decoded as kafkajs decodes it', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.array(batch, { maxLength: 3 }), { maxLength: 3 }), async partitions => {
      const batches = await Promise.all(partitions.map(list => Promise.all(list.map(each => batchBytes(each)))))
      await sameAsKafkajs(answerBytes(batches))
    }),
    { numRuns: 50 },
  )
})

test('a batch that was cut off at the end is left for the next fetch', async () => {
  await fc.assert(
    fc.asyncProperty(batch, batch, fc.integer({ min: 1, max: 200 }), async (first, second, cut) => {
      const last = await batchBytes(second)
      // Kafka sends the first batch whole, and kafkajs needs that.
      await sameAsKafkajs(answerBytes([[await batchBytes(first), last]], Math.min(cut, last.length)))
    }),
    { numRuns: 50 },
  )
})

/** The same batch with its records packed, as a producer or the broker would have written it. */
function packed(batch: Buffer, codec: number, pack: (bytes: Buffer) => Buffer): Buffer {
  const bytes = Buffer.concat([batch.subarray(0, 61), pack(batch.subarray(61))])
  bytes.writeInt16BE(codec, 21)
  return sealed(bytes)
}

/** With the right length and checksum. */
function sealed(bytes: Buffer): Buffer {
  bytes.writeInt32BE(bytes.length - 12, 8)
  bytes.writeInt32BE(crc32c(bytes.subarray(21)), 17)
  return bytes
}

const decoded = (bytes: Buffer, maxInflatedBytes = 1 << 20) => decodeFetchAnswer(bytes, maxInflatedBytes).responses[0]!.partitions

test.each(packers)('a batch is the same whether $name has packed it or not', async ({ codec, pack }) => {
  await fc.assert(
    fc.asyncProperty(batch, async each => {
      const plain = await batchBytes(each)
      const [expected] = decoded(answerBytes([[plain]]))
      const small = packed(plain, codec, pack)
      const [unpacked] = decoded(answerBytes([[small]]))
      expect(withoutSizes(unpacked!)).toEqual(withoutSizes(expected!))
      expect(expected!.isShared).toBe(true)
      expect(unpacked).toMatchObject({ bytes: expected!.bytes, packedBytes: small.length, isShared: false })
    }),
    { numRuns: 20 },
  )
})

const example = (baseOffset: number, value = 'value') =>
  batchBytes({
    baseOffset,
    baseTimeMs: 1,
    records: [
      { key: 'k', value, stepMs: 0, headers: {} },
      { key: 'k', value, stepMs: 1, headers: {} },
    ],
  })

test.each<[string, RegExp, (batch: Buffer) => Buffer]>([
  ['with a bit that has turned', /its checksum is wrong/, batch => Buffer.from(batch.with(70, batch[70]! ^ 1))],
  ['of a codec that nobody knows', /codec 7, which is unknown/, batch => packed(batch, 7, bytes => bytes)],
  ['whose packed data is no such data', /zstd: its data is corrupt/, batch => packed(batch, 4, bytes => bytes)],
  [
    'that is a bomb',
    /gzip: larger than \d+ bytes when inflated/,
    batch => packed(batch, 1, () => packers[0]!.pack(Buffer.alloc(33 << 20))),
  ],
  ['of an old format', /of message format 1/, batch => sealed(Buffer.from(batch.with(16, 1)))],
  ['whose records are longer than it is', /a record is longer than its batch/, batch => sealed(Buffer.from(batch.with(61, 0x7e)))],
  ['with fewer records than it says', /a record is longer than its batch/, batch => sealed(Buffer.from(batch.with(60, 9)))],
  ['with more records than it says', /its 1 records do not fill it/, batch => sealed(Buffer.from(batch.with(60, 1)))],
])('a batch %s is named, and the other partitions are read', async (_, reason, damage) => {
  const [good, bad] = [await example(10), damage(await example(20))]
  const [first, second, third] = decoded(answerBytes([[good], [bad], [good, bad]]))
  expect(first).toMatchObject({ nextOffset: 12, unreadable: null })
  expect(second).toMatchObject({ records: [], nextOffset: null, unreadable: { offset: 20, reason: expect.stringMatching(reason) } })
  // What stands before it is read first.
  expect(third).toMatchObject({ nextOffset: 12, unreadable: null })
  expect(third!.records).toHaveLength(2)
})

test('no more is inflated than is allowed; the rest is left for the next fetch', async () => {
  const batches = await Promise.all([0, 2, 4].map(offset => example(offset, 'x'.repeat(1_000))))
  const [small, large] = [batches.map(each => packed(each, 1, packers[0]!.pack)), batches]
  expect(decoded(answerBytes([small, small]), 3_000).map(({ nextOffset }) => nextOffset)).toEqual([4, null])
  expect(decoded(answerBytes([large, large]), 3_000).map(({ nextOffset }) => nextOffset)).toEqual([6, 6])
})
