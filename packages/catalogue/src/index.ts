export { type AccessOperation, type AccessRole, type AccessRule, accessRoles, accessRules, defaultSinkGroup } from './access.ts'
export { type Condition, conditions, dataConditionTable } from './data-condition.ts'
export type { ItemKind, RecordOf, RowOf, VenueDataset } from './dataset.ts'
export { datasets } from './datasets/index.ts'
export type * from './definitions.ts'
export { type DatasetName, datasetOfType, type Entity, entities, entityIndex, entityOf, entityOfTopic, venueDatasets } from './entities.ts'
export type { Column, Field, Kind, Ladder, Legend, Unit } from './fields.ts'
export { ddlOf, ddlOfColumn, ddlOfView, ourMark, viewSql } from './generate/ddl.ts'
export { type DictionaryRow, dictionary, dictionaryMarkdown, type LegendRow, legend } from './generate/dictionary.ts'
export { pythonKit } from './generate/kits/python.ts'
export { typescriptKit } from './generate/kits/typescript.ts'
export { type JsonSchema, recordSchemas, schemaFile, topicVersion, unitKeyword } from './generate/schema.ts'
export {
  type InstrumentKind,
  instrumentTable,
  type ListedInstrument,
  type ListingMarket,
  listingTable,
  type SeenInstrument,
} from './instrument.ts'
export { cut, isNestedWithin, maxReadBytes } from './normalize/bounds.ts'
export { admitted, type NormalizerEntry, type StoredEntry } from './normalize/entry.ts'
export { type Instrument, readItem } from './normalize/known-items.ts'
export { maxColumnBytes } from './normalize/one-pass/plan.ts'
export type { WrittenRecord } from './normalize/one-pass/written-record.ts'
export { type DeadLetterReason, type Gap, itemSilent, type SessionIdentity } from './normalize/own-records.ts'
export type { NormalizerCounts, NormalizerState, Produced, RecordTaker } from './normalize/produced.ts'
export type { ExchangeChanges } from './normalize/running-totals.ts'
export { FrameScanner } from './normalize/scan.ts'
export { SessionNormalizer } from './normalize/session.ts'
export { isLarge, publishedAs } from './normalize/too-large.ts'
export { column, withoutTime } from './own-column.ts'
export { deadLetterReasons, gapReasons } from './reasons.ts'
export { type Range, SequenceSet } from './sequence-set.ts'
export { ownTables, tableDefinitions } from './tables.ts'
export { marketPhaseTable, tradingDayTable } from './trading-calendar.ts'
export { views } from './views/index.ts'
export type { Materialization, ViewColumn, ViewDefinition } from './views/view.ts'
