import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import type { DataRecord, QuestType, TableDefinition } from '@tickhouse/catalogue'
import { removeFolder } from '@tickhouse/testkit'

const types: Readonly<Record<QuestType, string>> = {
  SYMBOL: 'VARCHAR',
  VARCHAR: 'VARCHAR',
  DOUBLE: 'DOUBLE',
  LONG: 'BIGINT',
  INT: 'BIGINT',
  TIMESTAMP: 'BIGINT',
  'DOUBLE[]': 'DOUBLE[]',
  'DOUBLE[][]': 'DOUBLE[][]',
}

/** A value as QuestDB's answers have it: whole numbers are numbers, too. */
export type Value = string | number | null

/** Another database, which works the same figures out of the same records. Times are µs since the epoch. */
export class Duck {
  readonly #connection: Awaited<ReturnType<DuckDBInstance['connect']>>
  readonly #folder = mkdtempSync(join(tmpdir(), 'tickhouse-duck-'))

  private constructor(connection: Awaited<ReturnType<DuckDBInstance['connect']>>) {
    this.#connection = connection
  }

  static async open(): Promise<Duck> {
    return new Duck(await (await DuckDBInstance.create()).connect())
  }

  /** Makes a table hold exactly these records. */
  async fill({ name, columns }: TableDefinition, records: readonly DataRecord[]): Promise<void> {
    const file = join(this.#folder, `${name}.json`)
    writeFileSync(file, records.map(record => JSON.stringify(record)).join('\n'))
    const described = columns.map(column => `"${column.name}": '${types[column.questType]}'`).join(', ')
    await this.#connection.run(
      `CREATE OR REPLACE TABLE ${name} AS SELECT * FROM read_json('${file}', format = 'newline_delimited', columns = {${described}})`,
    )
  }

  /** The rows of a query by the names of its columns. */
  async rows(sql: string): Promise<Record<string, Value>[]> {
    const rows = (await this.#connection.runAndReadAll(sql)).getRowObjectsJS()
    return rows.map(row => Object.fromEntries(Object.entries(row).map(([name, value]) => [name, plain(value)])))
  }

  close(): void {
    removeFolder(this.#folder)
    this.#connection.closeSync()
  }
}

function plain(value: unknown): Value {
  return typeof value === 'bigint' ? Number(value) : (value as Value)
}
