import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { createLogger } from '@tickhouse/runtime'
import { freePort } from '@tickhouse/stack'
import { openStore, type Store } from '@tickhouse/store'
import { Reader } from './documented/reader.ts'

const run = promisify(execFile)
const root = join(import.meta.dirname, '..')

/** What `docker compose ps` says of one container. */
export interface ContainerState {
  readonly ID: string
  readonly Name: string
  readonly Service: string
  readonly Image: string
  readonly State: string
}

/** The docker compose of this repository under a project name, image names and ports that nobody else uses. */
export class ComposeProject {
  readonly name: string
  readonly ports: { readonly kafka: number; readonly http: number; readonly postgres: number; readonly page: number }
  readonly #env: NodeJS.ProcessEnv

  private constructor(name: string, ports: ComposeProject['ports'], settings: Readonly<Record<string, string>>) {
    const { PATH, HOME, DOCKER_HOST, DOCKER_CONFIG } = process.env
    this.name = name
    this.ports = ports
    this.#env = {
      ...{ PATH, HOME, DOCKER_HOST, DOCKER_CONFIG },
      ...{ KAFKA_PORT: String(ports.kafka), QUESTDB_HTTP_PORT: String(ports.http), QUESTDB_PG_PORT: String(ports.postgres) },
      PAGE_PORT: String(ports.page),
      TICKHOUSE_IMAGES: name,
      ...settings,
    }
  }

  /** Starts nothing yet. */
  static async open(name: string, settings: Readonly<Record<string, string>> = {}): Promise<ComposeProject> {
    const [kafka, http, postgres, page] = await Promise.all([freePort(), freePort(), freePort(), freePort()])
    return new ComposeProject(`tickhouse-test-${name}-${process.pid}`, { kafka, http, postgres, page }, settings)
  }

  /** Runs `docker compose …`, without anybody's .env, and gives what it printed on stdout; throws with what it said on stderr. */
  async compose(...args: string[]): Promise<string> {
    return await docker(['compose', '--env-file', '/dev/null', '--project-name', this.name, ...args], this.#env)
  }

  /** Starts what is not running; throws with the services' last lines when it does not become healthy. */
  async up(...args: string[]): Promise<void> {
    try {
      await this.compose('up', '--wait', '--wait-timeout', '300', ...args)
    } catch (error) {
      throw new Error(`${(error as Error).message}\n${await this.compose('logs', '--no-color', '--tail', '10')}`)
    }
  }

  /** Every container, also those that have ended. */
  async containers(): Promise<ContainerState[]> {
    const lines = await this.compose('ps', '--all', '--format', 'json')
    return lines
      .split('\n')
      .filter(Boolean)
      .map(line => JSON.parse(line))
  }

  /** The command line, as `docker compose run --rm cli` runs it. */
  async cli(...words: string[]): Promise<string> {
    return await this.compose('run', '--rm', '-T', 'cli', ...words)
  }

  /** One of the passwords of this project: `writer/questdb-password`, `reader/questdb-password`. */
  async credential(path: string): Promise<string> {
    return (await this.compose('exec', '-T', 'questdb', 'cat', `/run/credentials/${path}`)).trim()
  }

  /** QuestDB through its published port, as the user who may write. */
  async store(): Promise<Store> {
    const password = await this.credential('writer/questdb-password')
    const configurationString = `http::addr=127.0.0.1:${this.ports.http};username=tickhouse;password=${password};`
    return openStore({ configurationString, log: createLogger({ name: 'tests', level: 'silent' }) })
  }

  /** Somebody with a copy of this repository, whose `docker compose …` is this project's. */
  reader(): Reader {
    return Reader.copy({ ...this.#env, COMPOSE_PROJECT_NAME: this.name })
  }

  /** Removes containers, networks and volumes. */
  async down(): Promise<void> {
    await this.compose('--profile', '*', 'down', '--volumes', '--remove-orphans', '--timeout', '1')
  }

  /** Removes them and the images that were built for this project. */
  async close(): Promise<void> {
    await this.down()
    const images = await docker(['image', 'ls', '--quiet', '--filter', `reference=${this.name}/*`])
    if (images.trim() !== '') await docker(['image', 'rm', '--force', ...new Set(images.trim().split('\n'))])
  }
}

/** Runs a docker command and gives its stdout; throws with what it said on stderr. */
export async function docker(args: readonly string[], env: NodeJS.ProcessEnv = process.env): Promise<string> {
  try {
    return (await run('docker', [...args], { cwd: root, env, maxBuffer: 1 << 28 })).stdout
  } catch (error) {
    const { stdout, stderr } = error as { stdout?: string; stderr?: string }
    throw new Error(`docker ${args.join(' ')}\n${stderr ?? ''}${stdout ?? ''}`.trim(), { cause: error })
  }
}

/** Why the compose tests cannot run here or are not asked for; undefined when they run. */
export async function reasonToSkip(): Promise<string | undefined> {
  if (process.env['TEST_COMPOSE'] !== 'true') return 'they take some minutes: npm run test:compose'
  try {
    await docker(['version', '--format', '{{.Server.Version}}'])
    await docker(['compose', 'version'])
    return undefined
  } catch (error) {
    return `there is no Docker engine with compose: ${String((error as Error).message)
      .split('\n')
      .at(-1)}`
  }
}
