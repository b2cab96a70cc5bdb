import { datasetOfType, type Entity, entities } from '@tickhouse/catalogue'
import { type Store, timeLiteral } from '@tickhouse/store'
import type { DeadLetter } from './letters.ts'

const atOnce = 100
const byName = new Map(entities.map(entity => [entity.name, entity]))

/** The dataset whose table would hold the record of a letter, as far as the catalogue knows it by now. */
export function entityFor({ dataset, type, reason }: DeadLetter): Entity | undefined {
  if (dataset !== '*') return byName.get(dataset)
  const known = reason === 'unknown_type' && type !== null ? datasetOfType(type) : undefined
  return known && byName.get(known.name)
}

/** The ids of the letters whose record is in its table by now. */
export async function storedDeadLetters(store: Store, letters: readonly DeadLetter[], signal: AbortSignal): Promise<ReadonlySet<string>> {
  const stored = new Set<string>()
  for (const [entity, group] of Map.groupBy(letters, entityFor)) {
    if (entity === undefined || !(await exists(store, entity, signal))) continue
    const [nameless, named] = [group.filter(isNameless), group.filter(letter => !isNameless(letter))]
    for (const letter of nameless) if (await standsByPlace(store, entity, letter, signal)) stored.add(letter.id)
    for (let at = 0; at < named.length; at += atOnce) {
      const chunk = named.slice(at, at + atOnce)
      const keys = await keysAt(store, entity, chunk, signal)
      for (const letter of chunk) if (keys.has(keyOf(letter))) stored.add(letter.id)
    }
  }
  return stored
}

/** What stands at the times of the letters. */
async function keysAt(store: Store, { table }: Entity, letters: readonly DeadLetter[], signal: AbortSignal): Promise<ReadonlySet<string>> {
  const times = [...new Set(letters.map(({ timestamp }) => timeLiteral(timestamp)))]
  const rows = await store.query<Pick<DeadLetter, 'timestamp' | 'session' | 'seq'>>(
    `SELECT timestamp, session, seq FROM ${table.name} WHERE timestamp IN (${times.join(', ')})`,
    signal,
  )
  return new Set(rows.flatMap(row => [keyOf({ ...row, dataset: '*' }), keyOf({ ...row, dataset: table.name })]))
}

/** A letter of an unknown type does not know the number of its record, but its time, which no two records of a session share. */
function keyOf({ session, timestamp, seq, dataset }: Pick<DeadLetter, 'session' | 'timestamp' | 'seq' | 'dataset'>): string {
  return `${session} ${timestamp}${dataset === '*' ? '' : ` ${seq}`}`
}

/** A record whose header the sink could not read is known by its place in Kafka only. */
function isNameless({ stage, session, topic, topic_partition }: DeadLetter): boolean {
  return stage === 'sink' && session === `${topic}/${topic_partition}`
}

function standsByPlace(store: Store, { table }: Entity, letter: DeadLetter, signal: AbortSignal): Promise<boolean> {
  return store.holds(table.name, letter.timestamp, letter.topic_partition!, letter.topic_offset!, signal)
}

async function exists(store: Store, { table }: Entity, signal: AbortSignal): Promise<boolean> {
  return (await store.query(`SELECT table_name FROM tables() WHERE table_name = '${table.name}'`, signal)).length > 0
}
