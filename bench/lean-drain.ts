import { zstdDecompressSync } from 'node:zlib'
import { entityOf } from '@tickhouse/catalogue'
import { createLogger } from '@tickhouse/runtime'
import { encoderFor, openStore, RowBuffer } from '@tickhouse/store'
import kafkajs from 'kafkajs'

// The probe beside the sink, run as a process by drain.ts: what is left when everything is left out that a day needs. One batch of kafkajs, JSON.parse, an
// encoder of rows, one request, one commit. Fetches inflate to about as much as the sink's: the records pack ten times.
const {
  KAFKA_BROKERS: brokers,
  QDB_CLIENT_CONF: configurationString,
  DATASET: dataset,
  GROUP: groupId,
} = process.env as Record<string, string>
const { table, topic } = entityOf(dataset!)

const store = openStore({ configurationString: configurationString!, log: createLogger({ name: 'lean', level: 'warn', pretty: false }) })
const writer = store.writer(table)
const encoder = encoderFor(table)
const rows = new RowBuffer()
const { signal } = new AbortController()

// The topics hold zstd, which kafkajs reads when it is told how.
kafkajs.CompressionCodecs[kafkajs.CompressionTypes.ZSTD] = () => ({ decompress: async (bytes: Buffer) => zstdDecompressSync(bytes) })

const kafka = new kafkajs.Kafka({ brokers: [brokers!], logLevel: kafkajs.logLevel.NOTHING })
const consumer = kafka.consumer({
  groupId: groupId!,
  maxBytesPerPartition: 400 << 10,
  maxBytes: 2400 << 10,
  minBytes: 1,
  maxWaitTimeInMs: 250,
})
await consumer.connect()
await consumer.subscribe({ topics: [topic.name], fromBeginning: true })
await consumer.run({
  autoCommit: false,
  eachBatch: async ({ batch, heartbeat }) => {
    rows.clear()
    for (const { value, offset } of batch.messages) encoder.encode(JSON.parse(value!.toString()), batch.partition, Number(offset), rows)
    await writer.write(rows, signal)
    await consumer.commitOffsets([{ topic: batch.topic, partition: batch.partition, offset: String(Number(batch.lastOffset()) + 1) }])
    await heartbeat()
  },
})
