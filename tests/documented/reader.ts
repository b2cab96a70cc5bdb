import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, existsSync, mkdirSync, mkdtempSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { guard } from '@tickhouse/stack'
import { eventually, removeFolder } from '@tickhouse/testkit'
import { expect } from 'vitest'

const root = join(import.meta.dirname, '..', '..')
/** What commands of ours need. */
const linked = ['package.json', 'node_modules', 'infra', 'packages', 'services']
/** What is not in a clone. */
const ignored = new Set(['node_modules', '.git', '.tickhouse', '.env'])

/** How a command ended, with all that it printed. */
export interface CommandEnd {
  readonly code: number | null
  readonly output: string
}

/** A command that goes on until it is interrupted. */
export interface Running {
  /** Waits until its output matches. */
  says(pattern: RegExp, timeoutMs?: number): Promise<string>
  /** Ctrl-C. */
  interrupt(): void
  readonly end: Promise<CommandEnd>
}

/** Somebody with a clone of the repository and a shell in it: the data of what is started there stay in that folder. */
export class Reader {
  readonly folder: string
  readonly #env: NodeJS.ProcessEnv
  readonly #children: ChildProcess[] = []

  private constructor(env: NodeJS.ProcessEnv, folder: string) {
    const { PATH, HOME, JAVA_HOME, DOCKER_HOST, DOCKER_CONFIG } = process.env
    this.#env = { PATH, HOME, JAVA_HOME, DOCKER_HOST, DOCKER_CONFIG, ...env }
    this.folder = folder
    mkdirSync(this.data)
    const jars = join(root, '.tickhouse', 'jars')
    if (existsSync(jars)) symlinkSync(jars, join(this.data, 'jars'))
  }

  /** A clone for commands of ours; `env` is what the reader's environment holds besides PATH and HOME. */
  static open(env: Readonly<Record<string, string>> = {}): Reader {
    const folder = mkdtempSync(join(tmpdir(), 'tickhouse-reader-'))
    for (const name of linked) symlinkSync(join(root, name), join(folder, name))
    return new Reader(env, folder)
  }

  /** A clone of files of its own, from which images can be built. */
  static copy(env: NodeJS.ProcessEnv): Reader {
    const folder = mkdtempSync(join(tmpdir(), 'tickhouse-reader-'))
    cpSync(root, folder, { recursive: true, filter: path => !ignored.has(basename(path)) })
    symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'))
    return new Reader(env, folder)
  }

  get data(): string {
    return join(this.folder, '.tickhouse')
  }

  /** Types a text into the shell. */
  start(text: string): Running {
    const child = spawn('bash', ['-euo', 'pipefail', '-c', text], {
      ...{ cwd: this.folder, env: this.#env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] },
    })
    guard(child)
    this.#children.push(child)
    let output = ''
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', chunk => {
        output += chunk
      })
    const end = once(child, 'close').then(([code]) => ({ code, output }))
    const says = async (pattern: RegExp, timeoutMs = 120_000) => {
      await eventually(() => expect(output).toMatch(pattern), { timeoutMs })
      return output
    }
    return { says, interrupt: () => void process.kill(-child.pid!, 'SIGINT'), end }
  }

  /** Types a text and waits for its end. */
  run(text: string): Promise<CommandEnd> {
    return this.start(text).end
  }

  /** The same of a text that ends well: what it printed. */
  async done(text: string): Promise<string> {
    const { code, output } = await this.run(text)
    expect(code, `${text}\n${output}`).toBe(0)
    return output
  }

  /** Kills what still runs and removes the folder. */
  async close(): Promise<void> {
    for (const child of this.#children.filter(({ exitCode, signalCode }) => exitCode === null && signalCode === null)) {
      const gone = once(child, 'close')
      process.kill(-child.pid!, 'SIGKILL')
      await gone
    }
    removeFolder(this.folder)
  }
}
