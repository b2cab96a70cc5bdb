import type { LeftOut } from '@tickhouse/kiwoom'

type Reason = 'registration_refused' | 'registration_unanswered' | 'not_registered'

/** Pairs of type and item that are wanted and that the venue does not send. */
export interface Unregistered {
  readonly types: readonly string[]
  readonly items: readonly string[]
  readonly reason: Reason
  readonly evidence: string
}

/** One of those pairs. */
export interface UnregisteredPair {
  readonly type: string
  readonly item: string
  readonly reason: Reason
  readonly evidence: string
}

/** An item of which nothing comes although others of its kind flow; times in µs. */
export interface SilentItem {
  readonly item: string
  readonly types: readonly string[]
  /** Capture time of its last record; null when none came since the session began. */
  readonly lastTimestamp: number | null
  readonly evidence: string
}

/** What a plan leaves out. */
export function unplanned(leftOut: readonly LeftOut[]): Unregistered[] {
  return groupPairs(leftOut.map(({ type, item, reason }) => ({ type, item, reason: 'not_registered', evidence: reason })))
}

/** The pairs with as few entries as possible: items that miss the same types for the same reason go together. */
export function groupPairs(pairs: readonly UnregisteredPair[]): Unregistered[] {
  const typesOf = new Map<string, string[]>()
  for (const { type, item, reason, evidence } of pairs) push(typesOf, JSON.stringify([item, reason, evidence]), type)
  const itemsOf = new Map<string, string[]>()
  for (const [key, types] of typesOf) {
    const [item, ...why] = JSON.parse(key) as [string, Reason, string]
    push(itemsOf, JSON.stringify([types, ...why]), item)
  }
  return [...itemsOf].map(([key, items]) => {
    const [types, reason, evidence] = JSON.parse(key) as [string[], Reason, string]
    return { types, items, reason, evidence }
  })
}

function push(lists: Map<string, string[]>, key: string, value: string): void {
  const list = lists.get(key)
  if (list === undefined) lists.set(key, [value])
  else list.push(value)
}
