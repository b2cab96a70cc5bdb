import { join } from 'node:path'
import { newClusterId } from './cluster-id.ts'
import { freePort } from './free-port.ts'
import { type KafkaServer, type LocalKafkaOptions, startKafka } from './kafka.ts'
import type { KafkaPorts } from './kafka-configuration.ts'

/** Several nodes that are one Kafka: `brokers` as KAFKA_BROKERS wants them. */
export interface KafkaCluster {
  readonly brokers: string
  readonly nodes: readonly KafkaServer[]
  /** Asks all nodes to stop and waits until they have. */
  stop(): Promise<void>
}

const nodeCount = 3

/** What goes for every topic, Kafka's own included: with one node of three gone, reading and writing go on. */
export const replicatedProperties: Readonly<Record<string, string>> = {
  'default.replication.factor': String(nodeCount),
  'min.insync.replicas': '2',
  'offsets.topic.replication.factor': String(nodeCount),
  'transaction.state.log.replication.factor': String(nodeCount),
  'transaction.state.log.min.isr': '2',
  'share.coordinator.state.topic.replication.factor': String(nodeCount),
  'share.coordinator.state.topic.min.isr': '2',
}

/** A node that carries a third of a small load needs little memory. */
const smallHeap = ['-Xms128m', '-Xmx384m']

/** Starts three nodes on loopback, each broker and controller in one, each in a directory of its own below the given one. */
export async function startKafkaCluster(options: Omit<LocalKafkaOptions, 'ports' | 'clusterId' | 'security'>): Promise<KafkaCluster> {
  const ports: KafkaPorts[] = []
  for (let node = 0; node < nodeCount; node++) ports.push({ broker: await freePort(), controller: await freePort() })
  const clusterId = newClusterId()
  const voters = ports.map(({ controller }, index) => `${index + 1}@127.0.0.1:${controller}`).join(',')
  const starting = ports.map((own, index) =>
    startKafka({
      ...options,
      directory: join(options.directory, `node-${index + 1}`),
      ports: own,
      clusterId,
      javaOptions: [...smallHeap, ...(options.javaOptions ?? [])],
      properties: { 'node.id': String(index + 1), 'controller.quorum.voters': voters, ...replicatedProperties, ...options.properties },
    }),
  )
  const nodes = await allOrNone(starting)
  const stop = async () => void (await Promise.all(nodes.map(node => node.stop())))
  return { brokers: nodes.map(({ brokers }) => brokers).join(','), nodes, stop }
}

/** The servers once all run; when one does not start, those that did are stopped. */
async function allOrNone(starting: readonly Promise<KafkaServer>[]): Promise<KafkaServer[]> {
  try {
    return await Promise.all(starting)
  } catch (error) {
    const settled = await Promise.allSettled(starting)
    await Promise.all(settled.map(node => (node.status === 'fulfilled' ? node.value.stop() : undefined)))
    throw error
  }
}
