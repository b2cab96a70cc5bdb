import type { Page } from '@tickhouse/page'
import { privately, replaceFile } from '../replace-file.ts'
import { writeRunFile } from '../run-file.ts'
import type { DataFolder } from './data-folder.ts'
import { withoutPassword } from './questions.ts'
import type { Servers } from './servers.ts'
import type { Services } from './services.ts'

/** What runs here, for the run file that other verbs read. */
export class Run {
  readonly folder: DataFolder
  #parts: { readonly servers: Servers; readonly services: Services; readonly page: Page } | undefined

  constructor(folder: DataFolder) {
    this.folder = folder
  }

  /** Writes down everything that runs now; nothing before all parts were given once. */
  remember(parts = this.#parts): void {
    if (parts === undefined) return
    this.#parts = parts
    const { servers, services, page } = parts
    const { access } = servers
    if (access !== undefined) replaceFile(this.folder.questdbClientConf, `${servers.configurationString}\n`, privately)
    writeRunFile(this.folder.path, {
      pid: process.pid,
      startedAt: new Date(Math.round(performance.timeOrigin)).toISOString(),
      brokers: servers.brokers,
      configurationString: servers.configurationString,
      questdb:
        access === undefined ? null : { user: access.user, passwordFile: access.passwordFile, clientConf: this.folder.questdbClientConf },
      postgres: servers.postgresUrl === undefined ? null : withoutPassword(servers.postgresUrl),
      journalDirectory: this.folder.journal,
      page: page.url,
      processes: [...servers.processes(), ...services.processes()],
    })
  }
}
