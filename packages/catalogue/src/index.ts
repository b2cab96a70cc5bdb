export type { ItemKind, RecordOf, RowOf, VenueDataset } from './dataset.ts'
export { datasets } from './datasets/index.ts'
export type * from './definitions.ts'
export { type DatasetName, datasetOfType, type Entity, entities, entityOf, entityOfTopic, venueDatasets } from './entities.ts'
export type { Column, Field, Kind, Ladder, Legend, Unit } from './fields.ts'
export { ddlOf, ddlOfColumn } from './generate/ddl.ts'
export { type DictionaryRow, dictionary, dictionaryMarkdown } from './generate/dictionary.ts'
export {
  type DeadLetterReason,
  type Gap,
  type NormalizerCounts,
  type NormalizerEntry,
  type NormalizerState,
  type Produced,
  type SessionIdentity,
  SessionNormalizer,
} from './normalize/session.ts'
