import type { Interval } from '@tickhouse/calendar'
import { SequenceSet } from '@tickhouse/catalogue'
import { quoted, type Store } from '@tickhouse/store'
import { timeCondition } from './table-counts.ts'
import type { TopicCounts } from './topic-counts.ts'

/** So many numbers fit into one question. */
const numbersAtOnce = 500

/**
 * The numbers that have no row because a dead letter stands for them, by `session/dataset`. A letter stays when its record was made good, so the tables are
 * asked for exactly the numbers that letters have. An item that the collector could not read counts as made good as soon as its record is in the topic.
 */
export async function openDeadLetters(
  store: Store,
  { records, refused, unread }: TopicCounts,
  time: Interval,
  { unreadable, signal }: { readonly unreadable: ReadonlyMap<string, string>; readonly signal?: AbortSignal | undefined },
): Promise<ReadonlyMap<string, SequenceSet>> {
  const open = new Map<string, SequenceSet>()
  for (const key of new Set([...refused.keys(), ...unread.keys()])) {
    const unpublished = [...(unread.get(key)?.values() ?? [])].filter(seq => !records.get(key)?.has(seq))
    const numbers = [...(refused.get(key)?.values() ?? []), ...unpublished]
    const isAsked = !unreadable.has(key.slice(key.indexOf('/') + 1))
    const stored = isAsked ? await storedNumbers(store, key, numbers, time, signal) : new Set()
    const left = numbers.filter(seq => !stored.has(seq))
    if (left.length > 0) open.set(key, setOf(left))
  }
  return open
}

async function storedNumbers(
  store: Store,
  key: string,
  numbers: readonly number[],
  time: Interval,
  signal?: AbortSignal,
): Promise<Set<number>> {
  const [session, dataset] = key.split('/') as [string, string]
  const stored = new Set<number>()
  for (let at = 0; at < numbers.length; at += numbersAtOnce) {
    const list = numbers.slice(at, at + numbersAtOnce).join(', ')
    const rows = await store.query<{ seq: number }>(
      `SELECT seq FROM ${dataset} WHERE session = ${quoted(session)} AND seq IN (${list}) AND ${timeCondition(time)}`,
      signal,
    )
    for (const { seq } of rows) stored.add(seq)
  }
  return stored
}

function setOf(numbers: readonly number[]): SequenceSet {
  const set = new SequenceSet()
  for (const seq of numbers) set.add(seq)
  return set
}
