import { execFile } from 'node:child_process'
import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { messageOf, TickhouseError } from '@tickhouse/runtime'
import { type ContainerDefinition, kafkaContainer, questdbContainer } from './containers.ts'
import { freePort } from './free-port.ts'
import { MissingToolError } from './java.ts'
import type { KafkaServer } from './kafka.ts'
import { kafkaAnswers } from './kafka-answers.ts'
import { type OnProgress, withProgress } from './progress.ts'
import { type QuestdbServer, questdbAddress, questdbAnswers } from './questdb.ts'
import { loginProperties, type QuestdbLogins, type QuestdbPorts } from './questdb-configuration.ts'
import { type Exit, ServerProcess } from './server-process.ts'

const run = promisify(execFile)

/** How a server runs as a container: `name` also names the volume with its data; its output goes to a file in `directory`. */
export interface ContainerOptions<Ports> {
  readonly name: string
  readonly directory: string
  readonly onProgress: OnProgress
  /** Free ones when left out. */
  readonly ports?: Ports
  readonly onExit?: (exit: Exit) => void
  readonly signal?: AbortSignal
}

/** Throws MissingToolError when no Docker engine answers. */
export async function findDocker(): Promise<void> {
  try {
    await run('docker', ['version', '--format', '{{.Server.Version}}'])
  } catch (error) {
    const reason = String((error as { stderr?: string }).stderr || messageOf(error)).trim()
    throw new MissingToolError('DOCKER_MISSING', `Expected a Docker engine that answers, found none (${reason.split('\n').at(-1)})`)
  }
}

/** Starts Kafka from its official image; the container ends with this process, its volume stays. */
export async function startKafkaContainer(options: ContainerOptions<{ readonly broker: number }>): Promise<KafkaServer> {
  const { broker } = options.ports ?? { broker: await freePort() }
  const brokers = `127.0.0.1:${broker}`
  const server = await container('Kafka', options, kafkaContainer(brokers), { 9092: broker }, () => kafkaAnswers(broker))
  return Object.assign(server, { brokers })
}

/** Starts QuestDB from its official image; the container ends with this process, its volume stays. */
export async function startQuestdbContainer({
  logins,
  ...options
}: ContainerOptions<QuestdbPorts> & { readonly logins?: QuestdbLogins }): Promise<QuestdbServer> {
  const ports = options.ports ?? { http: await freePort(), postgres: await freePort(), health: await freePort() }
  const address = questdbAddress(ports, logins)
  const published = { 9000: ports.http, 8812: ports.postgres, 9003: ports.health }
  const server = await container('QuestDB', options, questdbContainer(logins && loginProperties(logins)), published, () =>
    questdbAnswers(address.httpUrl),
  )
  return Object.assign(server, address)
}

/** Removes the volumes with these servers' data. */
export async function removeVolumes(names: readonly string[]): Promise<void> {
  await run('docker', ['volume', 'rm', '--force', ...names])
}

async function container(
  title: string,
  { name, directory, onProgress, onExit, signal }: ContainerOptions<unknown>,
  definition: ContainerDefinition,
  ports: Readonly<Record<number, number>>,
  answers: () => Promise<boolean>,
): Promise<ServerProcess> {
  await pull(definition.image, onProgress, signal)
  const environmentFile = join(directory, `${name}.env`)
  const server = new ServerProcess({
    name: title,
    command: 'docker',
    args: () => runArguments(name, definition, ports, environmentFile),
    outputFile: join(directory, `${name}.log`),
    prepare: () => {
      writePrivately(environmentFile, definition.environment)
      return docker('rm', '--force', name)
    },
    deliver: killSignal => docker('kill', '--signal', killSignal, name),
    answers,
    onExit,
  })
  await server.start(signal)
  return server
}

function runArguments(
  name: string,
  { image, dataPath }: ContainerDefinition,
  ports: Readonly<Record<number, number>>,
  environmentFile: string,
): string[] {
  return [
    ...['run', '--rm', '--name', name, '--volume', `${name}:${dataPath}`],
    ...Object.entries(ports).flatMap(([inside, outside]) => ['--publish', `127.0.0.1:${outside}:${inside}`]),
    ...['--env-file', environmentFile],
    image,
  ]
}

/** A password among the words of a command would be seen by everybody on this machine. */
function writePrivately(file: string, environment: Readonly<Record<string, string>>): void {
  const lines = Object.entries(environment).map(([key, value]) => `${key}=${value}\n`)
  rmSync(file, { force: true })
  writeFileSync(file, lines.join(''), { mode: 0o600 })
}

async function pull(image: string, onProgress: OnProgress, signal: AbortSignal | undefined): Promise<void> {
  const there = await run('docker', ['image', 'inspect', image]).then(
    () => true,
    () => false,
  )
  if (there) return
  await withProgress(`Pulling ${image}`, onProgress, async () => {
    try {
      await run('docker', ['pull', '--quiet', image], signal ? { signal } : {})
    } catch (error) {
      signal?.throwIfAborted()
      throw new TickhouseError('IMAGE_MISSING', `Could not pull ${image}`, { cause: error })
    }
  })
}

/** Runs a docker command whose failure does not matter: what it is to act on may be gone. */
async function docker(...args: string[]): Promise<void> {
  await run('docker', args).catch(() => {})
}
