export { parseConfiguration, questdbSetting, type StoreConfiguration } from './configuration.ts'
export { isOfOneTable, StoreError, type StoreErrorCode, storeErrorCodes } from './errors.ts'
export type { RowPosition } from './positions.ts'
export type { RowExport } from './query/export.ts'
export { quoted, type RunQuery, type SqlRow, type SqlValue, timeLiteral } from './query/query.ts'
export { type ColumnDifference, rowDifferences } from './query/row-differences.ts'
export type { RowSelection } from './query/row-pages.ts'
export type { SessionCount } from './query/session-counts.ts'
export { RowBuffer } from './rows/row-buffer.ts'
export { encoderFor, type Rejection, type RowEncoder } from './rows/row-encoder.ts'
export { openStore, type Store, type StoreOptions } from './store.ts'
export { bringInLine, type InLine } from './tables/bring-in-line.ts'
export { dictionaryTable, legendTable } from './tables/dictionary.ts'
export type { InstrumentRow, ListingRow } from './tables/instrument-rows.ts'
export {
  type InstrumentDataset,
  type Instruments,
  instrumentDatasets,
  lastTradingDay,
  type WrittenInstruments,
} from './tables/instruments.ts'
export { type InstrumentHistory, instrumentsNamed, listInstruments, lookThrough } from './tables/known-instruments.ts'
export { type Difference, diffOf, type MissingColumn, statementsOf, type TablePlan } from './tables/table-plan.ts'
export type { Tables } from './tables/tables.ts'
export type { KeptView, ViewPlan, WantedViews } from './tables/view-plan.ts'
export { type Views, viewSettings, wantedViews } from './tables/views.ts'
export type { WalState } from './wal.ts'
export type { RejectedRow, RequestReport, TableWriter, WriteResult } from './write/writer.ts'
