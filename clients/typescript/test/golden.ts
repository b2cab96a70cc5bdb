import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** A record as it stands in Kafka. */
export interface GoldenRecord {
  readonly topic: string
  readonly key: string
  readonly value: string
}

/** Records of every dataset, in the order in which they were published. */
export const goldenRecords: readonly GoldenRecord[] = readFileSync(
  join(import.meta.dirname, '..', '..', 'fixtures', 'records.jsonl'),
  'utf8',
)
  .trim()
  .split('\n')
  .map(line => JSON.parse(line))
