import { column, type DataRecord, type DictionaryRow, type LegendRow, type TableDefinition, withoutTime } from '@tickhouse/catalogue'

/**
 * What every column of every table and view means, for whoever has nothing but SQL. Its rows are deduplicated, so filling the table twice, even at once,
 * leaves every row once.
 */
export const dictionaryTable: TableDefinition = {
  name: 'dictionary',
  columns: [
    withoutTime,
    column('dataset', 'SYMBOL', 'Table or view'),
    column('type', 'SYMBOL', "The venue's type code"),
    column('column_name', 'SYMBOL', 'Column of it'),
    column('ordinal', 'INT', 'Place of the column in it, from 1'),
    column('quest_type', 'SYMBOL', 'Type of the column'),
    column('fid', 'INT', "The venue's field that fills the column"),
    column('position', 'SYMBOL', 'Place in an array: row:level in two dimensions, level in one, from 1'),
    column('korean_title', 'VARCHAR', "The venue's title of the field"),
    column('description', 'VARCHAR', 'What the column holds'),
    column('kind', 'SYMBOL', "How the venue's text becomes the value"),
    column('unit', 'SYMBOL', 'Unit of the value'),
    column('legend', 'VARCHAR', 'JSON object: code → meaning'),
    column('note', 'VARCHAR', 'What a reader of the data must know'),
  ],
  dedupKeys: ['timestamp', 'dataset', 'column_name', 'position'],
  partitionBy: 'MONTH',
}

/** The catalogue's rows as records of `dictionaryTable`. */
export function dictionaryRecords(rows: readonly DictionaryRow[]): DataRecord[] {
  return rows.map(({ column: column_name, legend, ...rest }) => {
    const record = { timestamp: 0, ...rest, column_name, legend: legend === null ? null : JSON.stringify(legend) }
    return record as unknown as DataRecord
  })
}

/** Every code that has a meaning, for joining codes with it; kept as the dictionary is. */
export const legendTable: TableDefinition = {
  name: 'legend',
  columns: [
    withoutTime,
    column('dataset', 'SYMBOL', 'Table or view'),
    column('column_name', 'SYMBOL', 'Column of it'),
    column('code', 'SYMBOL', 'Value of the column'),
    column('meaning', 'VARCHAR', 'What the value means'),
  ],
  dedupKeys: ['timestamp', 'dataset', 'column_name', 'code'],
  partitionBy: 'MONTH',
}

/** The catalogue's codes as records of `legendTable`. */
export function legendRecords(rows: readonly LegendRow[]): DataRecord[] {
  return rows.map(({ column: column_name, ...rest }) => ({ timestamp: 0, column_name, ...rest }) as unknown as DataRecord)
}
