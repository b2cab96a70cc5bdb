import type { TradingCalendar } from '@tickhouse/calendar'
import type { DataRecord, DictionaryRow, LegendRow, TableDefinition } from '@tickhouse/catalogue'
import { type Logger, messageOf } from '@tickhouse/runtime'
import { isOfOneTable, StoreError } from '../errors.ts'
import { quoted, type RunQuery } from '../query/query.ts'
import type { RowBuffer } from '../rows/row-buffer.ts'
import { waitUntilApplied } from '../wal.ts'
import { calendarRows } from './calendar-rows.ts'
import { dictionaryRecords, dictionaryTable, legendRecords, legendTable } from './dictionary.ts'
import { compareRows, encodeRecords } from './own-rows.ts'
import { changesOf, type ExistingTable, planTables, type TablePlan } from './table-plan.ts'

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

/** Writes rows into a table, however long that takes. */
type WriteRows = (table: TableDefinition, rows: RowBuffer, signal: AbortSignal) => Promise<void>

/** Makes the tables what the catalogue says, by adding only. */
export class Tables {
  readonly #run: RunQuery
  readonly #writeRows: WriteRows
  readonly #log: Logger

  constructor(run: RunQuery, writeRows: WriteRows, log: Logger) {
    this.#run = run
    this.#writeRows = writeRows
    this.#log = log
  }

  /** Compares the definitions with what QuestDB has; changes nothing. */
  async plan(definitions: readonly TableDefinition[], signal?: AbortSignal): Promise<TablePlan> {
    return planTables(definitions, await this.#existing(definitions, signal))
  }

  /** Carries out all of a plan that can be; a second time it finds everything done. In the end throws STORE_TABLE_DIFFERS with what could not, or was refused. */
  async apply(plan: TablePlan, signal?: AbortSignal): Promise<void> {
    const failed: FailedChange[] = []
    for (const change of changesOf(plan))
      try {
        await this.#run(change.statement, signal)
        if (change.column !== undefined) await waitUntilApplied(this.#run, change.table, signal)
        const { table, column } = change
        this.#log.info(column === undefined ? { table } : { table, column }, column === undefined ? 'Table created' : 'Column added')
      } catch (error) {
        if (!isOfOneTable(error)) throw error
        failed.push({ table: change.table, reason: messageOf(error) })
      }
    if (failed.length + plan.refused.length > 0) throw differs(plan, failed)
  }

  /** Makes the table `dictionary` hold exactly these rows; writes nothing when it does already. */
  async fillDictionary(rows: readonly DictionaryRow[], signal: AbortSignal): Promise<void> {
    await this.#fillExactly(dictionaryTable, dictionaryRecords(rows), signal)
  }

  /** The same for the table `legend`. */
  async fillLegend(rows: readonly LegendRow[], signal: AbortSignal): Promise<void> {
    await this.#fillExactly(legendTable, legendRecords(rows), signal)
  }

  /** Makes the tables of the trading calendar hold the years around a moment, µs since the epoch; writes nothing when they do already. */
  async fillCalendar(calendar: TradingCalendar, nowUs: number, signal: AbortSignal): Promise<void> {
    for (const [table, records] of calendarRows(calendar, nowUs)) await this.#fillExactly(table, records, signal)
  }

  /** Writes records that come from no topic into their table, which is made if need be; resolves when they are visible. */
  async fill(table: TableDefinition, records: readonly DataRecord[], signal: AbortSignal): Promise<void> {
    await this.apply(await this.plan([table], signal), signal)
    await this.#write(table, records, signal)
  }

  async #write(table: TableDefinition, records: readonly DataRecord[], signal: AbortSignal): Promise<void> {
    await this.#writeRows(table, encodeRecords(table, records), signal)
    await waitUntilApplied(this.#run, table.name, signal)
  }

  async #fillExactly(table: TableDefinition, records: readonly DataRecord[], signal: AbortSignal): Promise<void> {
    const { name } = table
    await this.apply(await this.plan([table], signal), signal)
    await waitUntilApplied(this.#run, name, signal)
    const { same, outdated } = compareRows(table, records, await this.#run(`SELECT * FROM ${name}`, signal))
    if (same) return
    if (outdated) await this.#run(`TRUNCATE TABLE ${name}`, signal)
    await this.#write(table, records, signal)
    this.#log.info({ table: name, rows: records.length }, 'Table filled')
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

/** What QuestDB would not do to a table. */
interface FailedChange {
  readonly table: string
  readonly reason: string
}

function differs({ refused }: TablePlan, failed: readonly FailedChange[]): StoreError {
  const lines = [
    ...refused.map(({ table, subject, expected, found }) => `${table}: ${subject}: expected ${expected}, found ${found}`),
    ...failed.map(({ table, reason }) => `${table}: not changed: ${reason}`),
  ]
  const text = `Tables differ from the catalogue and were not changed; everything else is done:\n${lines.join('\n')}`
  return new StoreError('STORE_TABLE_DIFFERS', text, { refused, failed })
}
