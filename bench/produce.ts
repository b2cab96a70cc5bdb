import { createRequire } from 'node:module'
import { SessionNormalizer, venueDatasets } from '@tickhouse/catalogue'
import { Market } from '@tickhouse/simulator'
import { type Compression, compressions, packerOf } from '../packages/bus/src/compression/packing.ts'
import type { PartitionBatch, WireMessage } from '../packages/bus/src/wire/batches.ts'
import { writeProduceRequest } from '../packages/bus/src/wire/produce-request.ts'
import { WireWriter } from '../packages/bus/src/wire/wire-writer.ts'
import { onDisk, type Stream, topicOf } from './produce-live.ts'
import type { BenchRow } from './report.ts'

const sizes = [1, 2, 5, 10, 25, 100]
const datasets = ['trade', 'order_book']
const stocks = Array.from({ length: 200 }, (_, index) => String(5_000 + index * 37).padStart(6, '0'))
const rounds = 7
const recordsPerRound = 2_000

const streams: Stream[] = [1_000, 5_000].flatMap(framesPerSecond => [
  { framesPerSecond, lingerMs: 20, partitions: 6, compression: 'none' },
  { framesPerSecond, lingerMs: 20, partitions: 6, compression: 'lz4' },
  ...[6, 3, 1].flatMap(partitions =>
    [20, 50, 100].map((lingerMs): Stream => ({ framesPerSecond, lingerMs, partitions, compression: 'zstd' })),
  ),
])

interface MarketRecord {
  readonly dataset: string
  /** After how many frames it came. */
  readonly frame: number
  readonly message: WireMessage & { readonly topic: string }
}

/**
 * Writing to Kafka: µs of this process for a record, from message to the bytes of a Produce request, by how many records a batch has; beside it what a record then takes.
 * The records are those of a simulated market. kafkajs' encoder makes the same bytes as ours does unpacked.
 */
export async function run(): Promise<BenchRow[]> {
  const records = marketRecords(30_000)
  const trades = inOnePartition(records, 'trade')
  const rows: BenchRow[] = [{ what: 'control before: JSON.parse of a trade', figure: await control(trades) }]
  for (const dataset of datasets)
    for (const size of sizes) rows.push(...(await measured(dataset, batchesOf(dataset, inOnePartition(records, dataset), size), size)))
  return [...rows, { what: 'control after: JSON.parse of a trade', figure: await control(trades) }, ...live(records)]
}

async function measured(dataset: string, batches: readonly PartitionBatch[], size: number): Promise<BenchRow[]> {
  const figures = [`kafkajs ${await cost(batches, asKafkajs())}`]
  for (const compression of compressions) figures.push(`${compression} ${await cost(batches, asOurs(compression))}`)
  return [{ what: `${dataset}, ${size} in a batch`, figure: figures.join(' · ') }]
}

type Encode = (batch: PartitionBatch) => number | Promise<number>

/** The least of some rounds: what else the machine does only adds. */
async function cost(batches: readonly PartitionBatch[], encode: Encode): Promise<string> {
  const records = batches.reduce((sum, { messages }) => sum + messages.length, 0)
  let [least, bytes] = [Number.POSITIVE_INFINITY, 0]
  for (let round = 0; round < rounds; round++) {
    const before = process.cpuUsage()
    bytes = 0
    for (const batch of batches) bytes += await encode(batch)
    const { user, system } = process.cpuUsage(before)
    least = Math.min(least, (user + system) / records)
  }
  return `${least.toFixed(1)} µs, ${(bytes / records).toFixed(0)} B`
}

function asOurs(compression: Compression): Encode {
  const [out, packer] = [new WireWriter(), packerOf(compression)]
  const numbering = { producerId: 1, producerEpoch: 0, sequence: 0 }
  return batch => writeProduceRequest(out, [batch], () => numbering, { timeoutMs: 10_000, packer }).length
}

function asKafkajs(): Encode {
  const require = createRequire(import.meta.url)
  const request = require('kafkajs/src/protocol/requests/produce/v7/request') as (options: object) => {
    encode(): Promise<{ size(): number }>
  }
  const options = { acks: -1, timeout: 10_000, producerId: '1', producerEpoch: 0, compression: 0 }
  return async ({ topic, partition, messages }) => {
    const own = messages.map(({ key, value, timestampMs }) => ({ key, value, timestamp: String(timestampMs) }))
    const topicData = [{ topic, partitions: [{ partition, firstSequence: 0, messages: own }] }]
    return (await request({ ...options, topicData }).encode()).size()
  }
}

async function control(messages: readonly WireMessage[]): Promise<string> {
  const text = messages[0]!.value.toString()
  const batch = { topic: '', partition: 0, messages: messages.slice(0, recordsPerRound), bytes: 0 }
  const parsed = await cost([batch], ({ messages: own }) => own.reduce(sum => sum + (JSON.parse(text) as { seq: number }).seq, 0))
  return `${parsed.split(',')[0]} (${text.length} bytes)`
}

function batchesOf(dataset: string, messages: readonly WireMessage[], size: number): PartitionBatch[] {
  const topic = topicOf(dataset)
  const count = Math.floor(Math.min(recordsPerRound, messages.length) / size)
  return Array.from({ length: count }, (_, index) => {
    const own = messages.slice(index * size, (index + 1) * size)
    return { topic, partition: 0, messages: own, bytes: 0 }
  })
}

/** What a market's frames become, a millisecond apart. */
function marketRecords(frames: number): MarketRecord[] {
  const market = new Market(1)
  market.register(venueDatasets.flatMap(({ type, items }) => (items === 'stock' ? stocks : ['']).map(item => ({ type, item }))))
  const normalizer = new SessionNormalizer({ session: '01bench', openedAtUs: 0, environment: 'bench', collector: 'bench' })
  const startMs = Date.now()
  return Array.from({ length: frames }, (_, frame) => {
    const timestampMs = startMs + frame
    const text = market.next(timestampMs)!.bytes.toString()
    return normalizer.entry({ kind: 'frame', timeUs: timestampMs * 1_000, text }).map(({ dataset, symbol, json }) => ({
      dataset,
      frame,
      message: { topic: topicOf(dataset), key: symbol, value: Buffer.from(json), timestampMs },
    }))
  }).flat()
}

/** The records of every sixth symbol, as one partition of six has them. */
function inOnePartition(records: readonly MarketRecord[], dataset: string): WireMessage[] {
  const own = records.filter(record => record.dataset === dataset && stocks.indexOf(record.message.key) % 6 === 0)
  return own.map(({ message }) => message)
}

/** Records live, as the collector sends them. */
function live(records: readonly MarketRecord[]): BenchRow[] {
  return streams.map(stream => {
    const { framesPerSecond, lingerMs, partitions, compression } = stream
    const { batchesPerSecond, recordsPerBatch, bytesPerRecord } = onDisk(records, stream)
    return {
      what: `on Kafka's disk at ${framesPerSecond} frames/s, a send every ${lingerMs} ms, ${partitions} partitions, ${compression}`,
      figure: `${bytesPerRecord.toFixed(0)} B a record (${recordsPerBatch.toFixed(1)} records in a batch, ${batchesPerSecond.toFixed(0)} batches/s)`,
    }
  })
}
