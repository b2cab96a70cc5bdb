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
export type { From, Position } from './position.ts'
export { openReader, type ReaderOptions, type RecordReader } from './reader.ts'
