import { SenderBufferV2 } from '@questdb/nodejs-client'
import { type DataRecord, entityOf, SessionNormalizer, type TableDefinition } from '@tickhouse/catalogue'
import { encoderFor, RowBuffer, type RowEncoder } from '@tickhouse/store'
import { frameFixtures } from '@tickhouse/testkit'
import { type BenchRow, microseconds } from './report.ts'

const RECORDS = 2000
const ROWS_PER_REQUEST = 20_000

/** Encoder: µs from a decoded record to its row in line protocol, ours against the official client's buffer, whose bytes are the same. */
export async function run(): Promise<BenchRow[]> {
  return ['trade', 'order_book'].flatMap(dataset => {
    const { table } = entityOf(dataset)
    const texts = variants(fullestRecord(dataset))
    const records = texts.map(text => JSON.parse(text) as DataRecord)
    const size = `${Object.keys(records[0]!).length} members`
    return [
      { what: `${dataset} (${texts[0]!.length} bytes): one pass from its bytes`, figure: microseconds(onePass(table, texts)) },
      { what: `${dataset} (${texts[0]!.length} bytes): JSON.parse and our encoder`, figure: microseconds(parsed(table, texts)) },
      { what: `${dataset} (${size}): our encoder`, figure: microseconds(ours(table, records)) },
      { what: `${dataset} (${size}): official client 4.2.0, protocol 2`, figure: microseconds(official(table, records)) },
      { what: `${dataset} (${texts[0]!.length} bytes): JSON.parse, for scale`, figure: microseconds(parsing(texts)) },
    ]
  })
}

/** The records of a fetch stand in one buffer. */
function inOneBuffer(texts: readonly string[]): Buffer[] {
  const whole = Buffer.from(texts.join(''))
  let at = 0
  return texts.map(text => {
    const size = Buffer.byteLength(text)
    at += size
    return whole.subarray(at - size, at)
  })
}

function onePass(table: TableDefinition, texts: readonly string[]): () => void {
  return filling(table, inOneBuffer(texts), (encoder, value, offset, rows) => {
    if (!encoder.encodeJson(value, 3, offset, rows)) throw new Error(`A record of ${table.name} takes the other way`)
  })
}

function parsed(table: TableDefinition, texts: readonly string[]): () => void {
  return filling(table, inOneBuffer(texts), (encoder, value, offset, rows) => {
    encoder.encode(JSON.parse(value.toString()), 3, offset, rows)
  })
}

function ours(table: TableDefinition, records: readonly DataRecord[]): () => void {
  return filling(table, records, (encoder, record, offset, rows) => {
    encoder.encode(record, 3, offset, rows)
  })
}

/** Encodes one after the other, and begins anew when a request is full. */
function filling<T>(
  table: TableDefinition,
  values: readonly T[],
  encode: (encoder: RowEncoder, value: T, offset: number, rows: RowBuffer) => void,
): () => void {
  const encoder = encoderFor(table)
  const rows = new RowBuffer()
  let next = 0
  return () => {
    if (rows.rowCount === ROWS_PER_REQUEST) rows.clear()
    encode(encoder, values[next++ % RECORDS]!, next, rows)
  }
}

/** Column by column, as the client's documentation shows it; without `Sender`, whose `at()` adds a promise per row. */
function official(table: TableDefinition, records: readonly DataRecord[]): () => void {
  const buffer = new SenderBufferV2({ protocol: 'http', max_buf_size: 1 << 30 } as ConstructorParameters<typeof SenderBufferV2>[0])
  const columns = table.columns.filter(({ name }) => name !== 'timestamp' && !name.startsWith('kafka_'))
  const symbols = columns.filter(({ questType }) => questType === 'SYMBOL')
  const fields = columns.filter(({ questType }) => questType !== 'SYMBOL')
  let next = 0
  return () => {
    if (next % ROWS_PER_REQUEST === 0) buffer.reset()
    const record = records[next++ % RECORDS]!
    buffer.table(table.name)
    for (const { name } of symbols) if (record[name] !== undefined) buffer.symbol(name, record[name])
    for (const { name, questType } of fields) if (record[name] !== undefined) writeField(buffer, name, questType, record[name])
    buffer.intColumn('kafka_partition', 3)
    buffer.intColumn('kafka_offset', next)
    buffer.at(record.timestamp, 'us')
  }
}

function writeField(buffer: SenderBufferV2, name: string, type: string, value: unknown): void {
  if (type === 'DOUBLE') buffer.floatColumn(name, value as number)
  else if (type === 'LONG' || type === 'INT') buffer.intColumn(name, value as number)
  else if (type === 'TIMESTAMP') buffer.timestampColumn(name, value as number, 'us')
  else if (type === 'VARCHAR') buffer.stringColumn(name, value as string)
  else buffer.arrayColumn(name, value as unknown[])
}

function parsing(texts: readonly string[]): () => void {
  let next = 0
  return () => JSON.parse(texts[next++ % RECORDS]!)
}

/** The record with the most columns that the venue's own frames give for a dataset, every array without nulls (the client takes none). */
function fullestRecord(dataset: string): DataRecord {
  const normalizer = new SessionNormalizer({ session: '01bench', openedAtUs: 0, environment: 'bench', collector: 'bench' })
  const produced = frameFixtures().flatMap(({ text }) => normalizer.entry({ kind: 'frame', timeUs: 1_700_000_000_000_000, text }))
  const texts = produced.filter(record => record.dataset === dataset).map(({ json }) => json.replaceAll('null', '0'))
  return JSON.parse(texts.sort((a, b) => b.length - a.length)[0]!)
}

/** Records as a day brings them: times, numbers and symbols differ, and no number has more decimals than the venue gives. */
function variants(record: DataRecord): string[] {
  return Array.from({ length: RECORDS }, (_, index) => {
    const varied = Object.entries(record).map(([name, value]) => [
      name,
      typeof value === 'number' && value !== 0 ? sum(value, index) : value,
    ])
    return JSON.stringify({ ...Object.fromEntries(varied), symbol: String(index).padStart(6, '0') })
  })
}

function sum(value: number, index: number): number {
  return Number.isInteger(value) ? value + index : Math.round((value + index) * 10_000) / 10_000
}
