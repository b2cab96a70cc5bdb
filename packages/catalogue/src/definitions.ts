/** The QuestDB column types in use. BOOLEAN, BYTE and SHORT cannot be null in QuestDB and are not used. */
export type QuestType = 'SYMBOL' | 'VARCHAR' | 'DOUBLE' | 'LONG' | 'INT' | 'TIMESTAMP' | 'DOUBLE[]' | 'DOUBLE[][]'

/** One column of a table; `required` columns may never be null (the deduplication keys among them). */
export interface ColumnDefinition {
  readonly name: string
  readonly questType: QuestType
  readonly required: boolean
  readonly description: string
  /** Code → meaning. */
  readonly legend?: Readonly<Record<string, string>>
  /** Unit of a figure; none where left out. */
  readonly unit?: string
}

/** A list of texts that stands in the record only: QuestDB has no column for one, and the table says the same in another. */
export interface ListDefinition {
  readonly name: string
  readonly description: string
}

/** A QuestDB table: every column in order, `timestamp` first, `kafka_partition` and `kafka_offset` last. */
export interface TableDefinition {
  readonly name: string
  readonly columns: readonly ColumnDefinition[]
  /** What its records hold besides. */
  readonly lists?: readonly ListDefinition[]
  readonly dedupKeys: readonly string[]
  readonly partitionBy: 'HOUR' | 'DAY' | 'MONTH'
}

/** A Kafka topic; `config` holds broker settings as Kafka spells them, values as text. */
export interface TopicDefinition {
  readonly name: string
  readonly dataset: string
  readonly partitions: number
  /** How many brokers hold each partition; the broker's default where left out. */
  readonly replication?: number
  readonly config: Readonly<Record<string, string>>
}

/** What every record carries. Times are µs since 1970-01-01 UTC as integers. */
export interface RecordHeader {
  /** Capture time at our socket, strictly increasing within a session. */
  timestamp: number
  /** Bare code; `*` for what concerns the whole market or the feed itself. */
  symbol: string
  /** `KRX`, `NXT` or `SOR`; `*` for what concerns the feed itself. */
  venue: string
  session: string
  /** Number of the record within (session, dataset): 1, 2, 3 …; dead letters that stand for a record of it have numbers among them. */
  seq: number
  exchange_time?: number
  /** FID → raw text of every value that could not be read. */
  unreadable?: Record<string, string>
}

/** A record as it stands in Kafka, decoded: the header and the dataset's own columns; what is absent is left out. */
export type DataRecord = RecordHeader & { [column: string]: unknown }
