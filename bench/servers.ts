import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { findJava, type KafkaServer, type QuestdbServer, resolveJars, startKafka, startQuestdb } from '@tickhouse/stack'
import { removeFolder } from '@tickhouse/testkit'

/** Kafka and QuestDB for a benchmark: those in KAFKA_BROKERS and QDB_CLIENT_CONF, or local ones with fresh data. */
export interface BenchServers {
  readonly brokers: string
  /** As QDB_CLIENT_CONF wants it. */
  readonly questdb: string
  close(): Promise<void>
}

export async function benchServers(): Promise<BenchServers> {
  const { KAFKA_BROKERS: brokers, QDB_CLIENT_CONF: questdb } = process.env
  if (brokers && questdb) return { brokers, questdb, close: async () => {} }
  const { kafka, quest, close } = await ownBenchServers()
  return { brokers: kafka.brokers, questdb: quest.configurationString, close }
}

/** Local servers with fresh data, to be stopped, started again and looked into. */
export interface OwnServers {
  readonly kafka: KafkaServer
  readonly quest: QuestdbServer
  /** Where Kafka keeps its data. */
  readonly kafkaFolder: string
  close(): Promise<void>
}

export async function ownBenchServers(): Promise<OwnServers> {
  const jars = await resolveJars({
    directory: join(import.meta.dirname, '..', '.tickhouse', 'jars'),
    onProgress: text => console.error(text),
  })
  const folder = mkdtempSync(join(tmpdir(), 'tickhouse-bench-'))
  const java = await findJava()
  const kafkaFolder = join(folder, 'kafka')
  const kafka = await startKafka({ directory: kafkaFolder, jars: jars.kafka, java })
  const quest = await startQuestdb({ directory: join(folder, 'questdb'), jars: jars.questdb, java })
  const close = async () => {
    await Promise.all([kafka.stop(), quest.stop()])
    removeFolder(folder)
  }
  return { kafka, quest, kafkaFolder, close }
}
