import type { TableDefinition } from './definitions.ts'
import { column } from './own-column.ts'

/** What a day of a dataset is worth, from the least to the most; `closed` where there was nothing to capture. */
export const conditions = ['missing', 'pending', 'degraded', 'complete', 'closed'] as const

export type Condition = (typeof conditions)[number]

const meanings: Readonly<Record<Condition, string>> = {
  complete: 'nothing is missing',
  degraded: 'something is known to be missing',
  pending: 'not final yet',
  missing: 'nothing was captured',
  closed: 'nothing was captured on a day without market',
}

/** One row per Korean date and dataset, so that SQL can select the days that are complete. It has no topic: `tickhouse verify --date` writes it, and the sink what is pending. */
export const dataConditionTable: TableDefinition = {
  name: 'data_condition',
  columns: [
    column('timestamp', 'TIMESTAMP', '00:00 Korean time of the date', true),
    column('date', 'SYMBOL', 'The Korean date, such as `2026-11-25`', true),
    column('dataset', 'SYMBOL', 'Dataset; `*` for the whole day', true),
    { ...column('condition', 'SYMBOL', 'What the date is worth', true), legend: meanings },
    column('hours', 'SYMBOL', 'The hours of the date for which the condition holds, Korean time'),
    column('records', 'LONG', 'Records of the date that follow from the journal'),
    column('rows', 'LONG', 'Rows of the date in the table'),
    column('gaps', 'LONG', 'Gaps within the hours'),
    { ...column('gap_seconds', 'DOUBLE', 'Seconds of the hours that lie in a gap, overlapping gaps once'), unit: 'second' },
    { ...column('missing_shares', 'LONG', 'Shares that were traded and not received, as far as they could be counted'), unit: 'share' },
    column('dead_letters', 'LONG', 'Records of the date that have no row because they could not be read or stored'),
    column('checked_at', 'TIMESTAMP', 'When this was found out'),
    column('certificate', 'VARCHAR', 'SHA-256 of the certificate, as `sha256sum` prints it'),
  ],
  dedupKeys: ['timestamp', 'dataset'],
  partitionBy: 'MONTH',
}
