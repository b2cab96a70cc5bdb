import { type ContainerDefinition, kafkaAnswers, kafkaContainer, questdbAddress, questdbAnswers, questdbContainer } from '@tickhouse/stack'
import { GenericContainer, getContainerRuntimeClient, getReaper, ImageName } from 'testcontainers'
import { eventually } from './eventually.ts'
import type { PrivateServer, PrivateServers, QuestdbProperties, ServerPorts } from './private-server.ts'

/** Throws, with the reason, when no container engine answers or it cannot get the images, the one that cleans up after a crash included. */
export async function requireEngine(): Promise<void> {
  const client = await getContainerRuntimeClient()
  const { image } = client
  for (const definition of [kafkaContainer(''), questdbContainer()]) {
    const name = ImageName.fromString(definition.image)
    if (!(await image.exists(name))) await image.pull(name)
  }
  await getReaper(client)
}

/** Starts Kafka and QuestDB as containers at fixed ports, so that they come back at the same address. */
export async function startContainers(ports: ServerPorts, questdbProperties: QuestdbProperties): Promise<PrivateServers> {
  const kafkaPort = ports.kafka.broker
  const advertised = `127.0.0.1:${ports.kafka.advertised ?? kafkaPort}`
  const address = questdbAddress(ports.questdb)
  const [kafka, questdb] = await Promise.all([
    startContainer(kafkaContainer(advertised), { 9092: kafkaPort }, () => kafkaAnswers(kafkaPort)),
    startContainer(
      questdbContainer(questdbProperties),
      { 9000: ports.questdb.http, 8812: ports.questdb.postgres, 9003: ports.questdb.health },
      () => questdbAnswers(address.httpUrl),
    ),
  ])
  return { kafka: { ...kafka, brokers: advertised }, questdb: { ...questdb, ...address } }
}

async function startContainer(
  { image, environment }: ContainerDefinition,
  ports: Readonly<Record<number, number>>,
  answers: () => Promise<boolean>,
): Promise<PrivateServer> {
  const started = await new GenericContainer(image)
    .withEnvironment({ ...environment })
    .withExposedPorts(...Object.entries(ports).map(([container, host]) => ({ container: Number(container), host })))
    .start()
  const { container } = await getContainerRuntimeClient()
  const { dockerode } = container
  const running = dockerode.getContainer(started.getId())
  const ready = () => eventually(answers, { timeoutMs: 120_000, intervalMs: 100 }).then(() => {})
  await ready()
  let isKept = false
  return {
    start: async () => {
      await running.start()
      await ready()
    },
    kill: async signal => {
      await running.kill({ signal })
      if (signal === 'SIGKILL') await running.wait()
    },
    stop: async () => {
      await running.stop().catch(ignoreStopped)
    },
    close: async () => {
      if (isKept) await running.stop().catch(ignoreStopped)
      else await running.remove({ force: true, v: true })
    },
    keep: () => {
      isKept = true
      return `container ${running.id}`
    },
  }
}

/** The engine answers 304 when a container is not running any more. */
function ignoreStopped(error: { statusCode?: number }): void {
  if (error.statusCode !== 304) throw error
}
