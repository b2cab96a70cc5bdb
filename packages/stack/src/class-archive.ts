import { copyFileSync, existsSync, renameSync, rmSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import type { Exit } from './server-process.ts'

/** The exit code of a Java process that SIGTERM has ended in good order. */
const terminated = 143

/**
 * An archive of the classes that a server loads (Java's class data sharing), beside its jars: written when a server without one stops,
 * used by every later start, which then needs about half the CPU. Java itself leaves an archive aside that does not fit its version or the jars.
 */
export class ClassArchive {
  readonly #path: string
  readonly #written: string

  /** `jars` as on a class path; `directory` is the server's own. */
  constructor(name: string, jars: string, directory: string) {
    this.#path = join(dirname(jars.split(delimiter)[0]!), `${name}.jsa`)
    this.#written = join(directory, 'classes.jsa')
  }

  /** What Java is to be told at the next start. */
  flags(): string[] {
    return existsSync(this.#path) ? [`-XX:SharedArchiveFile=${this.#path}`] : [`-XX:ArchiveClassesAtExit=${this.#written}`]
  }

  /** Takes over what an ended server has written; half an archive, of a server that was killed, is thrown away. */
  keep({ code }: Exit): void {
    if (!existsSync(this.#written)) return
    if (code === terminated && !existsSync(this.#path)) this.#publish()
    rmSync(this.#written, { force: true })
  }

  /** In one step, because other servers may be looking. */
  #publish(): void {
    const beside = `${this.#path}.${process.pid}`
    copyFileSync(this.#written, beside)
    renameSync(beside, this.#path)
  }
}
