export { type AccessOperation, type AccessRole, type AccessRule, accessRoles, accessRules } from './access.ts'
export { type Condition, conditions, dataConditionTable } from './data-condition.ts'
export type { ItemKind, RecordOf, RowOf, VenueDataset } from './dataset.ts'
export { datasets } from './datasets/index.ts'
export type * from './definitions.ts'
export { type DatasetName, datasetOfType, type Entity, entities, entityIndex, entityOf, entityOfTopic, venueDatasets } from './entities.ts'
export type { Column, Field, Kind, Ladder, Legend, Unit } from './fields.ts'
export { ddlOf, ddlOfColumn } from './generate/ddl.ts'
export { type DictionaryRow, dictionary, dictionaryMarkdown } from './generate/dictionary.ts'
export { admitted, type StoredEntry } from './normalize/admission.ts'
export { cut, isNestedWithin, maxReadBytes } from './normalize/bounds.ts'
export { type Instrument, readItem } from './normalize/instrument.ts'
export { type DeadLetterReason, type Gap, itemSilent, type SessionIdentity } from './normalize/own-records.ts'
export type { ExchangeChanges } from './normalize/running-totals.ts'
export {
  type NormalizerCounts,
  type NormalizerEntry,
  type NormalizerState,
  type Produced,
  type RecordTaker,
  SessionNormalizer,
} from './normalize/session.ts'
export { maxColumnBytes } from './one-pass/plan.ts'
export type { WrittenRecord } from './one-pass/written-record.ts'
export { deadLetterReasons, gapReasons } from './reasons.ts'
export { type Range, SequenceSet } from './sequence-set.ts'
export { ownTables, tableDefinitions } from './tables.ts'
export { marketPhaseTable, tradingDayTable } from './trading-calendar.ts'
