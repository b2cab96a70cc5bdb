import { mkdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { DuckDBConnection, DuckDBInstance } from '@duckdb/node-api'
import type { TableDefinition } from '@tickhouse/catalogue'
import { quoted } from '@tickhouse/store'
import { columnsOf, type FileColumn, named, readAs, rowsOf, storedAs } from './parquet-sql.ts'
import type { SessionRows } from './session-rows.ts'
import { partsOf, type SymbolRows } from './symbol-parts.ts'
import { type MinuteRows, timeSlices } from './time-slices.ts'

/** What some files hold: the rows by session, and a number that any other rows would not have, whatever their order. */
export interface FileContents {
  readonly sessions: readonly SessionRows[]
  readonly fingerprint: string
}

/** A row of a file: times in µs since 1970, null where there is nothing. */
export type FileRow = Readonly<Record<string, unknown>>

/** What DuckDB may take; where sorting needs more it goes on in the folder for it. */
const memoryLimit = '512MB'
/** So many rows of the widest table are sorted within that. */
export const maxSortedRows = 250_000
/** A reader that wants one row has to unpack all of its group. */
const finished = 'COMPRESSION zstd, ROW_GROUP_SIZE 61440'
/** Files on the way: small groups, of which the rows of some symbols are taken. */
const passing = 'COMPRESSION snappy, ROW_GROUP_SIZE 8192'

interface ParquetOptions {
  readonly version: string
  readonly folder: string
  readonly signal: AbortSignal
  readonly maxRows: number
}

/** Where reading puts what does not fit into memory: an archive may be on a disk that cannot be written. TMPDIR names another place. */
export function spillFolder(): string {
  return join(tmpdir(), `tickhouse-archive-${process.pid}`)
}

/**
 * Files of Parquet, written, read and sorted by DuckDB within this process. One thread and a fixed limit of memory: the capture beside it keeps its processors, and the
 * same rows give the same bytes.
 */
export class Parquet {
  /** Which DuckDB writes the files; another one may write other bytes. */
  readonly version: string
  readonly #instance: DuckDBInstance
  readonly #connection: DuckDBConnection
  readonly #folder: string
  readonly #signal: AbortSignal
  readonly #maxRows: number
  readonly #interrupt = () => this.#connection.interrupt()

  private constructor(instance: DuckDBInstance, connection: DuckDBConnection, { version, folder, signal, maxRows }: ParquetOptions) {
    this.#instance = instance
    this.#connection = connection
    this.#folder = folder
    this.#signal = signal
    this.#maxRows = maxRows
    this.version = version
    signal.addEventListener('abort', this.#interrupt)
  }

  /** `folder` takes what does not fit into memory; it is made when that is so. The work ends with the signal. */
  static async open(folder: string, signal: AbortSignal, maxRows = maxSortedRows): Promise<Parquet> {
    // A library of 70 MB: the verbs that need no archive do not load it.
    const duckdb = await import('@duckdb/node-api')
    const instance = await duckdb.DuckDBInstance.create(':memory:', {
      threads: '1',
      memory_limit: memoryLimit,
      temp_directory: folder,
      autoinstall_known_extensions: 'false',
      autoload_known_extensions: 'false',
    })
    const connection = await instance.connect()
    return new Parquet(instance, connection, { version: `DuckDB ${duckdb.version()}`, folder, signal, maxRows })
  }

  /**
   * Writes the rows of files, each of a slice of time and in their order, into one, sorted by symbol and time. Each slice is sorted by itself, then the rows of some
   * symbols at a time are taken out of all of them: no more than a slice has are sorted at once, however long the day was.
   */
  async writeSorted(table: TableDefinition, slices: readonly string[], file: string): Promise<void> {
    const order = ['symbol', ...table.dedupKeys.filter(key => key !== 'symbol')].join(', ')
    const columns = columnsOf(table).map(column => `${storedAs(column)} AS ${named(column)}`)
    const sorting = (files: readonly string[]) => `SELECT ${columns.join(', ')} FROM ${rowsOf(files)} ORDER BY ${order}`
    if (slices.length === 1) return await this.#copy(sorting(slices), file, finished)
    await mkdir(this.#folder, { recursive: true })
    const sorted = slices.map((_, index) => join(this.#folder, `slice-${index}.parquet`))
    for (const [index, slice] of slices.entries()) await this.#copy(sorting([slice]), sorted[index]!, passing)
    const parts = partsOf(await this.#symbolRows(sorted), sorted, this.#maxRows)
    const partFiles = parts.map((_, index) => join(this.#folder, `part-${index}.parquet`))
    for (const [index, { files, first, last }] of parts.entries()) {
      const taken = `SELECT * FROM ${rowsOf(files)} WHERE symbol >= ${quoted(first)} AND symbol <= ${quoted(last)} ORDER BY ${order}`
      await this.#copy(taken, partFiles[index]!, passing)
    }
    await this.#copy(`SELECT * FROM ${rowsOf(partFiles)}`, file, finished)
    for (const passed of [...sorted, ...partFiles]) await rm(passed)
  }

  /** Reads every value of some files. */
  async contents(columns: readonly FileColumn[], files: readonly string[]): Promise<FileContents> {
    const all = columns.map(storedAs).join(', ')
    const found = await this.#rows<SessionRows & { readonly hash: string }>(
      `SELECT session, count(*)::DOUBLE AS rows, min(seq)::DOUBLE AS first_seq, max(seq)::DOUBLE AS last_seq,
         epoch_us(min(timestamp))::DOUBLE AS first_us, epoch_us(max(timestamp))::DOUBLE AS last_us, sum(hash(${all}))::VARCHAR AS hash
       FROM ${rowsOf(files)} GROUP BY session ORDER BY session`,
    )
    return { sessions: found.map(({ hash: _, ...rows }) => rows), fingerprint: found.map(({ hash }) => hash).join() }
  }

  /** One row of figures about some files: SQL of DuckDB by the names of the figures. */
  async figures(expressions: Readonly<Record<string, string>>, files: readonly string[]): Promise<Record<string, number | null>> {
    const selected = Object.entries(expressions).map(([name, expression]) => `(${expression})::DOUBLE AS "${name}"`)
    const [row] = await this.#rows<Record<string, number | null>>(`SELECT ${selected.join(', ')} FROM ${rowsOf(files)}`)
    return row!
  }

  /** The rows of a file in the order of time, some thousands at a time. */
  async *inTimeOrder(columns: readonly FileColumn[], file: string): AsyncGenerator<FileRow[]> {
    const values = columns.map(column => `${readAs(column)} AS ${named(column)}`).join(', ')
    const minutes = await this.#rows<MinuteRows>(
      `SELECT (epoch_us("timestamp") // 60000000 * 60000000)::DOUBLE AS "fromUs", count(*)::DOUBLE AS rows FROM ${rowsOf([file])} GROUP BY 1 ORDER BY 1`,
    )
    for (const { fromUs, toUs } of timeSlices(minutes, this.#maxRows)) {
      const slice = `"timestamp" >= make_timestamptz(${fromUs}) AND "timestamp" < make_timestamptz(${toUs})`
      const result = await this.#connection.stream(`SELECT ${values} FROM ${rowsOf([file])} WHERE ${slice} ORDER BY "timestamp"`)
      yield* result.yieldRowObjectJs()
    }
  }

  close(): void {
    this.#signal.removeEventListener('abort', this.#interrupt)
    this.#connection.closeSync()
    this.#instance.closeSync()
  }

  async #symbolRows(files: readonly string[]): Promise<SymbolRows[]> {
    return await this.#rows(`SELECT symbol, count(*)::DOUBLE AS rows FROM ${rowsOf(files)} GROUP BY symbol ORDER BY symbol`)
  }

  async #copy(select: string, file: string, form: string): Promise<void> {
    await this.#connection.run(`COPY (${select}) TO ${quoted(file)} (FORMAT parquet, ${form})`)
  }

  async #rows<Row>(sql: string): Promise<Row[]> {
    return (await this.#connection.runAndReadAll(sql)).getRowObjectsJS() as Row[]
  }
}
