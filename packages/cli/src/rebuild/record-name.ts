import type { DataRecord } from '@tickhouse/catalogue'

/** What names a record within the topic and the table of its dataset and session: a number, and whose numbering it belongs to. */
export interface RecordName {
  readonly series: string
  readonly seq: number
}

/** The name of a record or a row; dead letters are numbered among the records that they stand for, as far as their dataset is known. */
export function nameOf(dataset: string, record: Pick<DataRecord, 'seq'> & { readonly [column: string]: unknown }): RecordName {
  const { dataset: concerned, seq } = record
  const isForeign = dataset === 'dead_letter' && typeof concerned === 'string' && concerned !== '*'
  return { series: isForeign ? concerned : dataset, seq }
}
