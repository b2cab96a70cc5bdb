import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { DuckDBConnection, DuckDBInstance } from '@duckdb/node-api'
import type { QuestType, TableDefinition } from '@tickhouse/catalogue'
import { quoted } from '@tickhouse/store'
import type { SessionRows } from './session-rows.ts'

/** A column of a file, with the type that it has in QuestDB. */
export interface FileColumn {
  readonly name: string
  readonly type: QuestType
}

/** The columns of a table's files. */
export function columnsOf({ columns }: TableDefinition): FileColumn[] {
  return columns.map(({ name, questType: type }) => ({ name, type }))
}

/** What some files hold: the rows by session, and a number that any other rows would not have, whatever their order. */
export interface FileContents {
  readonly sessions: readonly SessionRows[]
  readonly fingerprint: string
}

/** A row of a file: times in µs since 1970, null where there is nothing. */
export type FileRow = Readonly<Record<string, unknown>>

/** What sorting may take; what does not fit goes to the folder for it. */
const memoryLimit = '384MB'
/** Rows of which a reader has to unpack all when it wants one. */
const rowGroupRows = 61_440

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
  readonly #signal: AbortSignal
  readonly #interrupt = () => this.#connection.interrupt()

  private constructor(
    instance: DuckDBInstance,
    connection: DuckDBConnection,
    { version, signal }: { version: string; signal: AbortSignal },
  ) {
    this.#instance = instance
    this.#connection = connection
    this.#signal = signal
    this.version = version
    signal.addEventListener('abort', this.#interrupt)
  }

  /** `folder` takes what does not fit into memory; it is made when that is so. The work ends with the signal. */
  static async open(folder: string, signal: AbortSignal): Promise<Parquet> {
    // A library of 60 MB: the verbs that need no archive do not load it.
    const duckdb = await import('@duckdb/node-api')
    const instance = await duckdb.DuckDBInstance.create(':memory:', {
      threads: '1',
      memory_limit: memoryLimit,
      temp_directory: folder,
      autoinstall_known_extensions: 'false',
      autoload_known_extensions: 'false',
    })
    const connection = await instance.connect()
    return new Parquet(instance, connection, { version: `DuckDB ${duckdb.version()}`, signal })
  }

  /** Writes the rows of some files into one, sorted by symbol and time. */
  async writeSorted(table: TableDefinition, files: readonly string[], file: string): Promise<void> {
    const order = ['symbol', ...table.dedupKeys.filter(key => key !== 'symbol')]
    const columns = columnsOf(table).map(column => `${storedAs(column)} AS ${named(column)}`)
    await this.#connection.run(
      `COPY (SELECT ${columns.join(', ')} FROM ${rowsOf(files)} ORDER BY ${order.join(', ')})
       TO ${quoted(file)} (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE ${rowGroupRows})`,
    )
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
    const values = columns.map(column => `${readAs(column)} AS ${named(column)}`)
    const result = await this.#connection.stream(`SELECT ${values.join(', ')} FROM ${rowsOf([file])} ORDER BY "timestamp"`)
    yield* result.yieldRowObjectJs()
  }

  close(): void {
    this.#signal.removeEventListener('abort', this.#interrupt)
    this.#connection.closeSync()
    this.#instance.closeSync()
  }

  async #rows<Row>(sql: string): Promise<Row[]> {
    return (await this.#connection.runAndReadAll(sql)).getRowObjectsJS() as Row[]
  }
}

/** The folders of an archive look like columns, and are not read as such. */
function rowsOf(files: readonly string[]): string {
  return `read_parquet([${files.map(file => quoted(literalPath(file))).join(', ')}], hive_partitioning = false)`
}

/** A path of which no character stands for others. */
function literalPath(path: string): string {
  return path.replaceAll(/[[*?]/g, '[$&]')
}

function named({ name }: FileColumn): string {
  return `"${name}"`
}

const types: Readonly<Record<QuestType, string>> = {
  SYMBOL: 'VARCHAR',
  VARCHAR: 'VARCHAR',
  DOUBLE: 'DOUBLE',
  LONG: 'BIGINT',
  INT: 'INTEGER',
  TIMESTAMP: 'TIMESTAMPTZ',
  'DOUBLE[]': 'DOUBLE[]',
  'DOUBLE[][]': 'DOUBLE[][]',
}

/** How a column stands in a file, whatever its rows hold. What is missing is null, where QuestDB exports NaN. */
function storedAs(column: FileColumn): string {
  const value = `${named(column)}::${types[column.type]}`
  if (column.type === 'DOUBLE[]') return `list_transform(${value}, lambda x: ${orNull('x')})`
  if (column.type === 'DOUBLE[][]') return `list_transform(${value}, lambda y: list_transform(y, lambda x: ${orNull('x')}))`
  return column.type === 'DOUBLE' ? orNull(value) : value
}

function orNull(number: string): string {
  return `nullif(${number}, 'nan'::DOUBLE)`
}

/** Numbers of JavaScript hold each time and count exactly, and are made faster than its large integers. */
function readAs(column: FileColumn): string {
  if (column.type === 'TIMESTAMP') return `epoch_us(${named(column)})::DOUBLE`
  return column.type === 'LONG' ? `${named(column)}::DOUBLE` : named(column)
}
