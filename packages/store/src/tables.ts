import type { DataRecord, DictionaryRow, TableDefinition } from '@tickhouse/catalogue'
import type { Logger } from '@tickhouse/runtime'
import { dictionaryRecords, dictionaryTable, sameDictionary } from './dictionary.ts'
import { encodeRecords } from './encode-records.ts'
import { StoreError } from './errors.ts'
import { quoted } from './query.ts'
import type { RunQuery } from './store.ts'
import { diffOf, type ExistingTable, planTables, statementsOf, type TablePlan } from './table-plan.ts'
import { waitUntilApplied } from './wal.ts'
import type { TableWriter } from './writer.ts'

interface TableRow {
  readonly table_name: string
  readonly partitionBy: string
  readonly walEnabled: boolean
  readonly dedup: boolean
  readonly designatedTimestamp: string | null
}

interface ColumnRow {
  readonly column: string
  readonly type: string
  readonly upsertKey: boolean
}

/** Makes the tables what the catalogue says, by adding only. */
export class Tables {
  readonly #run: RunQuery
  readonly #writer: (table: TableDefinition) => TableWriter
  readonly #log: Logger

  constructor(run: RunQuery, writer: (table: TableDefinition) => TableWriter, log: Logger) {
    this.#run = run
    this.#writer = writer
    this.#log = log
  }

  /** Compares the definitions with what QuestDB has; changes nothing. */
  async plan(definitions: readonly TableDefinition[], signal?: AbortSignal): Promise<TablePlan> {
    return planTables(definitions, await this.#existing(definitions, signal))
  }

  /** Carries a plan out; a second time it finds everything done. Throws STORE_TABLE_DIFFERS, before any change, when something was refused. */
  async apply(plan: TablePlan, signal?: AbortSignal): Promise<void> {
    if (plan.refused.length > 0) throw differs(plan)
    for (const statement of statementsOf(plan)) await this.#run(statement, signal)
    for (const table of new Set(plan.add.map(({ table }) => table))) await waitUntilApplied(this.#run, table, signal)
    for (const { name } of plan.create) this.#log.info({ table: name }, 'Table created')
    for (const { table, column } of plan.add) this.#log.info({ table, column: column.name }, 'Column added')
  }

  /** Makes the table `dictionary` hold exactly these rows; writes nothing when it does already. */
  async fillDictionary(rows: readonly DictionaryRow[], signal: AbortSignal): Promise<void> {
    await this.apply(await this.plan([dictionaryTable], signal), signal)
    const { same, outdated } = await this.#compareDictionary(rows, signal)
    if (same) return
    if (outdated) await this.#run(`TRUNCATE TABLE ${dictionaryTable.name}`, signal)
    await this.#write(dictionaryTable, dictionaryRecords(rows), signal)
    this.#log.info({ table: dictionaryTable.name, rows: rows.length }, 'Dictionary filled')
  }

  /** Writes records that come from no topic into their table, which is made if need be; resolves when they are visible. */
  async fill(table: TableDefinition, records: readonly DataRecord[], signal: AbortSignal): Promise<void> {
    await this.apply(await this.plan([table], signal), signal)
    await this.#write(table, records, signal)
  }

  async #write(table: TableDefinition, records: readonly DataRecord[], signal: AbortSignal): Promise<void> {
    await this.#writer(table).write(encodeRecords(table, records), signal)
    await waitUntilApplied(this.#run, table.name, signal)
  }

  async #compareDictionary(rows: readonly DictionaryRow[], signal: AbortSignal): Promise<{ same: boolean; outdated: boolean }> {
    await waitUntilApplied(this.#run, dictionaryTable.name, signal)
    return sameDictionary(rows, await this.#run(`SELECT * FROM ${dictionaryTable.name}`, signal))
  }

  async #existing(definitions: readonly TableDefinition[], signal: AbortSignal | undefined): Promise<Map<string, ExistingTable>> {
    const names = new Set(definitions.map(({ name }) => name))
    const rows = await this.#run<TableRow>('SELECT table_name, partitionBy, walEnabled, dedup, designatedTimestamp FROM tables()', signal)
    const existing = new Map<string, ExistingTable>()
    for (const row of rows.filter(({ table_name: name }) => names.has(name)))
      existing.set(row.table_name, existingTable(row, await this.#columns(row.table_name, signal)))
    return existing
  }

  #columns(table: string, signal: AbortSignal | undefined): Promise<ColumnRow[]> {
    return this.#run<ColumnRow>(`SHOW COLUMNS FROM ${quoted(table)}`, signal)
  }
}

function existingTable(row: TableRow, columns: readonly ColumnRow[]): ExistingTable {
  return {
    name: row.table_name,
    partitionBy: row.partitionBy,
    writeAheadLog: row.walEnabled,
    deduplicated: row.dedup,
    designatedTimestamp: row.designatedTimestamp,
    columns: columns.map(({ column, type, upsertKey }) => ({ name: column, type, dedupKey: upsertKey })),
  }
}

function differs(plan: TablePlan): StoreError {
  const { refused } = plan
  return new StoreError('STORE_TABLE_DIFFERS', `Tables differ from the catalogue and were not changed:\n${diffOf(plan)}`, { refused })
}
