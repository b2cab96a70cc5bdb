import { readFileSync } from 'node:fs'
import { join } from 'node:path'

interface RunFile {
  readonly brokers: string
  readonly postgres: string
  readonly processes: readonly { readonly name: string; readonly address: string }[]
}

/** The servers of a running start, as its reader finds them: QuestDB's web console with the password that was made, and the simulated venue. */
export class SqlConsole {
  readonly brokers: string
  readonly #url: string
  readonly #venue: string
  readonly postgresPort: number
  readonly #authorization: string

  /** `data` is the data folder of the start. */
  constructor(data: string) {
    const { brokers, postgres, processes } = JSON.parse(readFileSync(join(data, 'run.json'), 'utf8')) as RunFile
    const addressOf = (process: string) => processes.find(({ name }) => name === process)!.address
    this.brokers = brokers
    this.#url = addressOf('questdb')
    this.#venue = addressOf('simulator')
    this.postgresPort = Number(new URL(postgres).port)
    const password = readFileSync(join(data, 'questdb-password'), 'utf8').trim()
    this.#authorization = `Basic ${Buffer.from(`tickhouse:${password}`).toString('base64')}`
  }

  /** The text with the addresses that this start uses: it avoids ports that are busy. */
  here(text: string): string {
    return text
      .replaceAll('http://127.0.0.1:9000', this.#url)
      .replaceAll('-p 8812', `-p ${this.postgresPort}`)
      .replaceAll('127.0.0.1:8812', `127.0.0.1:${this.postgresPort}`)
  }

  /** What a statement is answered; none for one that asks nothing. Throws what QuestDB says. */
  async rows(sql: string): Promise<unknown[][]> {
    const response = await fetch(`${this.#url}/exec?${new URLSearchParams({ query: sql })}`, {
      headers: { authorization: this.#authorization },
    })
    const { dataset, error } = (await response.json()) as { dataset?: unknown[][]; error?: string }
    if (error !== undefined) throw new Error(`${error}: ${sql}`)
    return dataset ?? []
  }

  /** Lets the venue do something. */
  async fault(fault: object): Promise<void> {
    const response = await fetch(`${this.#venue}/simulator/fault`, {
      method: 'POST',
      headers: { connection: 'close' },
      body: JSON.stringify(fault),
    })
    if (!response.ok) throw new Error(await response.text())
  }
}
