export {
  type DatasetName,
  datasetNamed,
  datasetNames,
  datasetOfTopic,
  dateOf,
  decode,
  RecordError,
  type RecordErrorCode,
} from './decode.ts'
export type * from './events.ts'
export type * from './generated/records.ts'
export { schemas } from './generated/records.ts'
export { openReader } from './reader/open-reader.ts'
export type { ReaderOptions } from './reader/options.ts'
export type { From, Position } from './reader/position.ts'
export type { RecordReader } from './reader/reader.ts'
