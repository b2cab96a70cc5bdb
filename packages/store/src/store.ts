import type { Interval } from '@tickhouse/calendar'
import type { TableDefinition } from '@tickhouse/catalogue'
import { type Logger, messageOf, retry } from '@tickhouse/runtime'
import { parseConfiguration, type StoreConfiguration } from './configuration.ts'
import { holdsRow, lastOffset, lastRow, type RowPosition } from './positions.ts'
import { exportParquet, type RowExport } from './query/export.ts'
import { query, type RunQuery, type SqlRow } from './query/query.ts'
import { type RowSelection, rowPages } from './query/row-pages.ts'
import { type SessionCount, sessionCounts } from './query/session-counts.ts'
import type { RowBuffer } from './rows/row-buffer.ts'
import { Instruments } from './tables/instruments.ts'
import { Tables } from './tables/tables.ts'
import { Views } from './tables/views.ts'
import { type WalState, waitUntilApplied, walStates } from './wal.ts'
import { Transport } from './write/transport.ts'
import { type RequestReport, TableWriter } from './write/writer.ts'

/** `configurationString` is a QDB_CLIENT_CONF; `onRequest` hears of every write request, for metrics. */
export interface StoreOptions {
  readonly configurationString: string
  readonly log: Logger
  readonly onRequest?: (report: RequestReport) => void
  /** Bounds of the waits between attempts to write or to connect. */
  readonly baseRetryMs?: number
  readonly maxRetryMs?: number
}

/** Opens a QuestDB; connects to nothing yet. Throws STORE_CONFIGURATION_INVALID. */
export function openStore(options: StoreOptions): Store {
  return new Store(options)
}

/** One QuestDB. Queries are tried once; writers wait for as long as it takes. */
export class Store {
  /** `http://host:port` */
  readonly address: string
  readonly tables: Tables
  readonly views: Views
  readonly instruments: Instruments
  readonly #options: StoreOptions
  readonly #configuration: StoreConfiguration
  readonly #transport: Transport
  readonly #writing: Transport[] = []

  constructor(options: StoreOptions) {
    this.#options = options
    this.#configuration = parseConfiguration(options.configurationString)
    this.#transport = new Transport(this.#configuration)
    this.address = this.#transport.address
    this.tables = new Tables(this.query, (table, rows, signal) => this.#writeOnce(table, rows, signal), options.log)
    this.views = new Views(this.query, options.log)
    this.instruments = new Instruments(this.query, this.tables)
  }

  /** Resolves when QuestDB answers queries, however long that takes; says in the log what it waits for. */
  async connect(signal: AbortSignal): Promise<void> {
    await retry(() => this.query('SELECT 1', signal), {
      ...this.#waits(),
      signal,
      onRetry: (error, attempt, delayMs) =>
        this.#options.log.warn(
          { address: this.address, attempt, delayMs, reason: messageOf(error) },
          'QuestDB does not answer, waiting for it',
        ),
    })
    this.#options.log.info({ address: this.address }, 'QuestDB answers')
  }

  /** Runs one statement and gives its rows: times as µs since the epoch, NaN as null. */
  readonly query: RunQuery = (sql, signal) => query(this.#transport, sql, signal)

  /**
   * The writer of one table; may be used by one caller at a time, different tables at once. It has a connection of its own: QuestDB keeps,
   * per connection, an open write-ahead log for every table it ever wrote to, each with a handful of files per column.
   */
  writer(table: TableDefinition): TableWriter {
    const transport = new Transport(this.#configuration, { maxConnections: 1 })
    this.#writing.push(transport)
    return this.#writerOn(transport, table)
  }

  /** Writes rows of a table that is filled now and then, over a connection that lasts no longer. */
  async #writeOnce(table: TableDefinition, rows: RowBuffer, signal: AbortSignal): Promise<void> {
    const transport = new Transport(this.#configuration, { maxConnections: 1 })
    try {
      await this.#writerOn(transport, table).write(rows, signal)
    } finally {
      transport.close()
    }
  }

  #writerOn(transport: Transport, table: TableDefinition): TableWriter {
    const { baseRetryMs: baseMs, maxRetryMs: maxMs, log, onRequest } = this.#options
    return new TableWriter(table.name, { transport, log, onRequest, baseMs, maxMs })
  }

  /** Whether a table holds the row of one Kafka record. `timestampUs` is the record's time, to the ms or to the µs. */
  holds(table: string, timestampUs: number, partition: number, offset: number, signal?: AbortSignal): Promise<boolean> {
    return holdsRow(this.query, table, timestampUs, partition, offset, signal)
  }

  /** The highest offset of a partition among the latest rows of a table before a row that is missing; null when there is none. */
  lastOffset(table: string, partition: number, missing: RowPosition, signal?: AbortSignal): Promise<number | null> {
    return lastOffset(this.query, table, partition, missing, signal)
  }

  /** The latest row of a partition; null when there is none. */
  lastRow(table: string, partition: number, signal?: AbortSignal): Promise<RowPosition | null> {
    return lastRow(this.query, table, partition, signal)
  }

  /** Resolves when everything taken before the call is visible; throws STORE_TABLE_SUSPENDED for a suspended table. */
  waitUntilApplied(table: string, signal?: AbortSignal): Promise<void> {
    return waitUntilApplied(this.query, table, signal)
  }

  /** How far each table has got with its write-ahead log. */
  walStates(signal?: AbortSignal): Promise<WalState[]> {
    return walStates(this.query, signal)
  }

  /** The tables that take rows without showing them any more. */
  async suspendedTables(signal?: AbortSignal): Promise<WalState[]> {
    return (await this.walStates(signal)).filter(({ suspended }) => suspended)
  }

  /** The id of each table, by its name: a table that is dropped and made again has another one. */
  async tableIds(signal?: AbortSignal): Promise<Map<string, number>> {
    const rows = await this.query<{ id: number; name: string }>('SELECT id, table_name AS name FROM tables()', signal)
    return new Map(rows.map(({ id, name }) => [name, id]))
  }

  /** What a table holds of every session. */
  sessionCounts(table: string, range?: Partial<Interval>, signal?: AbortSignal): Promise<SessionCount[]> {
    return sessionCounts(this.query, table, range, signal)
  }

  /** Writes the rows of a table in some time into a file of Parquet, which QuestDB makes, for as long as it takes. */
  async exportParquet(rows: RowExport, signal: AbortSignal): Promise<void> {
    await exportParquet(this.#configuration, rows, { ...this.#waits(), log: this.#options.log, signal })
  }

  /** The rows of a table in the order of their time, page by page: however many there are, one page is in memory. */
  rowPages(selection: RowSelection, signal?: AbortSignal): AsyncGenerator<SqlRow[]> {
    return rowPages(this.query, selection, signal)
  }

  close(): void {
    for (const transport of [this.#transport, ...this.#writing]) transport.close()
  }

  #waits(): { baseMs?: number; maxMs?: number } {
    const { baseRetryMs, maxRetryMs } = this.#options
    return { ...(baseRetryMs !== undefined && { baseMs: baseRetryMs }), ...(maxRetryMs !== undefined && { maxMs: maxRetryMs }) }
  }
}
