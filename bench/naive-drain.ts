import { zstdDecompressSync } from 'node:zlib'
import { Sender } from '@questdb/nodejs-client'
import { type DataRecord, entityOf, type TableDefinition } from '@tickhouse/catalogue'
import kafkajs from 'kafkajs'

// A plain loop as the two clients' documentation shows it, run as a process by drain.ts: one batch of kafkajs, one flush of the
// official client, one commit. Fetches are as large as the sink's; each column is one call.
const { KAFKA_BROKERS: brokers, QDB_CLIENT_CONF: questdb, DATASET: dataset, GROUP: groupId } = process.env as Record<string, string>
const { table, topic } = entityOf(dataset!)
const columns = table.columns.filter(({ name }) => name !== 'timestamp' && !name.startsWith('kafka_'))
const symbols = columns.filter(({ questType }) => questType === 'SYMBOL')
const fields = columns.filter(({ questType }) => questType !== 'SYMBOL')

// The topics hold zstd, which kafkajs reads when it is told how.
kafkajs.CompressionCodecs[kafkajs.CompressionTypes.ZSTD] = () => ({ decompress: async (bytes: Buffer) => zstdDecompressSync(bytes) })

const kafka = new kafkajs.Kafka({ brokers: [brokers!], logLevel: kafkajs.logLevel.NOTHING })
const consumer = kafka.consumer({ groupId: groupId!, maxBytesPerPartition: 4 << 20, maxBytes: 24 << 20, minBytes: 1, maxWaitTimeInMs: 250 })
const sender = await Sender.fromConfig(`${questdb}auto_flush=off;protocol_version=2;max_buf_size=1073741824;`)
await consumer.connect()
await consumer.subscribe({ topics: [topic.name], fromBeginning: true })
await consumer.run({
  autoCommit: false,
  eachBatch: async ({ batch, resolveOffset, heartbeat }) => {
    for (const { value, offset } of batch.messages) {
      await writeRow(table, JSON.parse(value!.toString()), batch.partition, Number(offset))
      resolveOffset(offset)
    }
    await sender.flush()
    await consumer.commitOffsets([{ topic: batch.topic, partition: batch.partition, offset: String(Number(batch.lastOffset()) + 1) }])
    await heartbeat()
  },
})

async function writeRow({ name }: TableDefinition, record: DataRecord, partition: number, offset: number): Promise<void> {
  sender.table(name)
  for (const column of symbols) if (record[column.name] !== undefined) sender.symbol(column.name, record[column.name])
  for (const column of fields) if (record[column.name] !== undefined) writeField(column.name, column.questType, record[column.name])
  sender.intColumn('kafka_partition', partition).intColumn('kafka_offset', offset)
  await sender.at(record.timestamp, 'us')
}

function writeField(name: string, type: string, value: unknown): void {
  if (type === 'DOUBLE') sender.floatColumn(name, value as number)
  else if (type === 'LONG' || type === 'INT') sender.intColumn(name, value as number)
  else if (type === 'TIMESTAMP') sender.timestampColumn(name, value as number, 'us')
  else if (type === 'VARCHAR') sender.stringColumn(name, value as string)
  else sender.arrayColumn(name, value as unknown[])
}
