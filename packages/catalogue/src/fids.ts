import type { VenueDataset } from './dataset.ts'
import type { Column } from './fields.ts'

/** Every FID of a dataset once, header fields first. */
export function fidsOf(dataset: VenueDataset): number[] {
  const header = [dataset.exchangeTime, dataset.symbol].flatMap(field => (field ? [field.fid] : []))
  return [...header, ...Object.values(dataset.columns).flatMap(columnFids)]
}

/** The FIDs that a column is made of; none for a derived one. */
export function columnFids(column: Column): number[] {
  if (column.shape === 'field') return [column.fid]
  if (column.shape === 'derived') return []
  return column.rows.flatMap(row => Array.from({ length: column.levels }, (_, level) => row.firstFid + level))
}
