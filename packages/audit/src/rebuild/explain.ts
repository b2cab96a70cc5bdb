import { entityOf } from '@tickhouse/catalogue'
import { timeText } from '@tickhouse/runtime'
import type { RowKey } from './comparison.ts'
import type { Findings } from './findings.ts'
import type { RebuildReport } from './rebuild-table.ts'

/** What a report says in words: what is wrong, what was done, what is left to do, and the verdict as the last line. */
export function explain({ dataset, session, verdict, open, before, after, published, written, refused }: RebuildReport): string[] {
  const now = after ?? before
  return [
    ...missingLines(before),
    ...before.differences.map(
      ({ seq, column, found, expected }) => `seq ${seq} ${column}: found ${text(found)}, expected ${text(expected)}`,
    ),
    ...refused.map(({ seq, reason }) => `seq ${seq} cannot be stored: ${reason}`),
    ...strangerLines(dataset, now),
    ...(now.unpublished > 0 ? [`${now.unpublished} records are not published yet: the collector does that`] : []),
    ...(after ? [`${written} rows written, ${published} records published first`] : []),
    `${verdict}: ${now.same} of ${now.records} records of ${dataset} in session ${session}${open ? ', which is open,' : ''} are in the table as the journal gives them`,
  ]
}

function missingLines({ missing, missing_seqs, in_topic }: Findings): string[] {
  if (missing === 0) return []
  return [
    `${missing} rows are missing: seq ${missing_seqs.join(', ')}${missing_seqs.length === 10 ? ' …' : ''}; ${in_topic} of them stand in the topic`,
  ]
}

/** Rows that the journal does not give, or gives under another key: only QuestDB's partitions can be dropped. */
function strangerLines(dataset: string, { other_key, other_keys, extra, extra_rows }: Findings): string[] {
  if (other_key + extra === 0) return []
  const { name, partitionBy } = entityOf(dataset).table
  const rows = [...other_keys.map(({ found }) => found), ...extra_rows]
  const partitions = new Set(rows.map(({ timestamp }) => `'${partitionOf(timestamp, partitionBy)}'`))
  return [
    ...other_keys.map(
      ({ found, expected }) =>
        `seq ${found.seq} stands under another key and was left: found ${keyText(found)}, expected ${keyText(expected)}`,
    ),
    ...extra_rows.map(row => `not from the journal: seq ${row.seq}, ${keyText(row)}`),
    `${other_key + extra} rows would have to go, and QuestDB deletes no single rows. Where the journal has every session of a partition, drop it and rebuild them:`,
    `  ALTER TABLE ${name} DROP PARTITION LIST ${[...partitions].join(', ')}`,
  ]
}

function partitionOf(us: number, partitionBy: 'HOUR' | 'DAY' | 'MONTH'): string {
  return new Date(us / 1000).toISOString().slice(0, { HOUR: 13, DAY: 10, MONTH: 7 }[partitionBy])
}

function keyText({ timestamp, symbol, venue }: RowKey): string {
  return `${timeText(timestamp)} ${symbol} ${venue}`
}

function text(value: unknown): string {
  const json = JSON.stringify(value)
  return json.length > 100 ? `${json.slice(0, 100)}…` : json
}
