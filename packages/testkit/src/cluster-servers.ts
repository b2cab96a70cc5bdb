import { mkdtemp } from 'node:fs/promises'
import { freemem, tmpdir } from 'node:os'
import { join } from 'node:path'
import { type KafkaCluster, type QuestdbAddress, startKafkaCluster, startQuestdb } from '@tickhouse/stack'
import { freePorts, type LocalServers, shortLived } from './private-servers.ts'
import { removeFolder } from './temporary-folder.ts'

/** A Kafka of three nodes and a QuestDB that nobody else uses. */
export interface ClusterServers {
  readonly kafka: KafkaCluster
  readonly questdb: QuestdbAddress
  /** Ends all of it, with its data. */
  close(): Promise<void>
}

const neededBytes = 6 * 2 ** 30

/** Why this machine cannot carry three more brokers, a QuestDB and a pipeline; undefined when it can. */
export function shortOfMemory(freeBytes = freemem()): string | undefined {
  if (freeBytes >= neededBytes) return undefined
  return `${(freeBytes / 2 ** 30).toFixed(1)} GiB of memory are free, and a Kafka of three nodes takes ${neededBytes / 2 ** 30} GiB with what belongs to it`
}

/** Starts them as local Java processes; nothing stands before the brokers. */
export async function clusterServers({ java, jars }: LocalServers): Promise<ClusterServers> {
  const folder = await mkdtemp(join(tmpdir(), 'tickhouse-cluster-'))
  const { questdb: ports } = await freePorts()
  const questdb = await startQuestdb({ directory: join(folder, 'questdb'), jars: jars.questdb, java, ports, javaOptions: shortLived })
  const kafka = await startKafkaCluster({ directory: join(folder, 'kafka'), jars: jars.kafka, java })
  const close = async () => {
    await Promise.all([kafka.stop(), questdb.stop()])
    removeFolder(folder)
  }
  return { kafka, questdb, close }
}
