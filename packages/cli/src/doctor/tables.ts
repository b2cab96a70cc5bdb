import { tableDefinitions } from '@tickhouse/catalogue'
import type { Difference, TablePlan } from '@tickhouse/store'
import { fail, type Judgement, ok, some } from './finding.ts'
import type { Check } from './installation.ts'

const apply = 'tickhouse tables apply'

/** Judges the difference between QuestDB's tables and the catalogue. */
export function judgeTables({ create, add, refused }: TablePlan): Judgement[] {
  const columns = add.map(({ table, column }) => `${table}.${column.name}`)
  const judgements = [
    ...(create.length > 0 ? [fail(`${create.length} tables are missing: ${some(create.map(({ name }) => name))}`, apply)] : []),
    ...(columns.length > 0 ? [fail(`${columns.length} columns are missing: ${some(columns)}`, apply)] : []),
    ...refused.map(difference => fail(sentenceOf(difference), mendOf(difference))),
  ]
  return judgements.length > 0
    ? judgements
    : [ok(`all ${tableDefinitions.length} are as the catalogue says, deduplicated, with write-ahead log`)]
}

function sentenceOf({ table, subject, expected, found }: Difference): string {
  return `${table}: ${subject}: expected ${expected}, found ${found}`
}

/** The statement that brings a table in line; where there is none, the way to a new one. */
function mendOf({ table, subject, expected }: Difference): string {
  const keys = tableDefinitions.find(({ name }) => name === table)?.dedupKeys ?? []
  if (subject === 'deduplication keys') return `ALTER TABLE ${table} DEDUP ENABLE UPSERT KEYS(${keys.join(', ')});`
  if (subject === 'write-ahead log') return `ALTER TABLE ${table} SET TYPE WAL;   (then restart QuestDB)`
  if (subject.startsWith('column ')) return `ALTER TABLE ${table} ALTER ${subject.replace('column', 'COLUMN')} TYPE ${expected};`
  return `RENAME TABLE ${table} TO ${table}_before;   (then ${apply}, and copy the rows)`
}

/** The tables against the catalogue. */
export const tables: Check = {
  name: 'tables',
  needs: ['questdb'],
  look: async ({ store }, signal) => judgeTables(await store!.tables.plan(tableDefinitions, signal)),
}
