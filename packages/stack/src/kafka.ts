import { execFile } from 'node:child_process'
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { ClassArchive } from './class-archive.ts'
import { newClusterId } from './cluster-id.ts'
import { freePort } from './free-port.ts'
import { kafkaAnswers, kafkaAnswersEncrypted } from './kafka-answers.ts'
import { type KafkaPorts, kafkaLogging, kafkaProperties } from './kafka-configuration.ts'
import { certificateProperties, type KafkaSecurity, scramOptions, secureListeners, secureProperties } from './kafka-security.ts'
import { type Exit, ServerProcess } from './server-process.ts'

const run = promisify(execFile)

/** A running Kafka: `brokers` as KAFKA_BROKERS wants it. */
export interface KafkaServer extends ServerProcess {
  readonly brokers: string
}

/** Where a local Kafka keeps everything, and with what it runs. */
export interface LocalKafkaOptions {
  readonly directory: string
  /** Class path. */
  readonly jars: string
  readonly java?: string
  /** Free ones when left out. */
  readonly ports?: KafkaPorts
  /** Lets in only who has a user and a password, over TLS, and to nothing but what access rules allow. */
  readonly security?: KafkaSecurity
  /** Settings besides those that a single node has, as server.properties names them: they win. */
  readonly properties?: Readonly<Record<string, string>>
  /** The cluster that a new storage is formatted for; one of its own when left out. */
  readonly clusterId?: string
  /** More flags for the Java virtual machine; the last of two counts. */
  readonly javaOptions?: readonly string[]
  readonly onExit?: (exit: Exit) => void
  readonly signal?: AbortSignal
}

/** Starts a Kafka node on loopback, formatting its storage the first time; resolves when it answers. */
export async function startKafka(options: LocalKafkaOptions): Promise<KafkaServer> {
  const ports = options.ports ?? { broker: await freePort(), controller: await freePort() }
  const internal = options.security && (await freePort())
  const server = Object.assign(localKafka(options, ports, internal), { brokers: `127.0.0.1:${ports.advertised ?? ports.broker}` })
  await server.start(options.signal)
  return server
}

function localKafka(
  { directory, jars, java = 'java', javaOptions = [], security, properties, clusterId = newClusterId(), onExit }: LocalKafkaOptions,
  ports: KafkaPorts,
  internal: number | undefined,
): ServerProcess {
  const files = filesIn(directory)
  // The broker moves bytes: the quick compiler alone makes it ready in half the time and costs little later.
  // A killed process leaves the libraries that it has unpacked: in its own folder, they go with that.
  const unpacked = `-Djava.io.tmpdir=${files.temporary}`
  const flags = ['-XX:TieredStopAtLevel=1', '-XX:+UseG1GC', '-Xms256m', '-Xmx1g', unpacked, ...javaOptions]
  const common = [...flags, `-Dlog4j2.configurationFile=${files.logging}`, `-Dtickhouse.log=${files.log}`, '-cp', jars]
  const closed = security && { ...secureProperties, ...secureListeners(ports, internal!), ...certificateProperties(security) }
  const more = { ...closed, ...properties }
  const archive = new ClassArchive('kafka', jars, directory)
  return new ServerProcess({
    name: 'Kafka',
    command: java,
    args: () => [...archive.flags(), ...common, 'kafka.Kafka', files.properties],
    outputFile: files.output,
    logFile: files.log,
    prepare: () =>
      prepare(files, kafkaProperties(ports, files.data, more), ['--cluster-id', clusterId, ...scramOptions(security)], args =>
        run(java, [...common, 'kafka.tools.StorageTool', ...args]),
      ),
    answers: () => (security ? kafkaAnswersEncrypted(ports.broker) : kafkaAnswers(ports.broker)),
    ended: exit => archive.keep(exit),
    onExit,
  })
}

type KafkaFiles = ReturnType<typeof filesIn>

function filesIn(directory: string) {
  return {
    data: join(directory, 'data'),
    properties: join(directory, 'server.properties'),
    logging: join(directory, 'log4j2.properties'),
    log: join(directory, 'kafka.log'),
    output: join(directory, 'output.log'),
    temporary: join(directory, 'tmp'),
  }
}

async function prepare(
  files: KafkaFiles,
  properties: string,
  formatOptions: readonly string[],
  storageTool: (args: string[]) => Promise<unknown>,
): Promise<void> {
  rmSync(files.temporary, { recursive: true, force: true })
  for (const folder of [files.data, files.temporary]) mkdirSync(folder, { recursive: true })
  writeFileSync(files.properties, properties)
  writeFileSync(files.logging, kafkaLogging)
  if (existsSync(join(files.data, 'meta.properties'))) return
  await storageTool(['format', '--config', files.properties, ...formatOptions])
}
