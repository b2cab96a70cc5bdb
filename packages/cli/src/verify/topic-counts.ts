import type { Bus } from '@tickhouse/bus'
import { entities, SequenceSet } from '@tickhouse/catalogue'

/** What the topics hold of some sessions. */
export interface TopicCounts {
  /** By `session/dataset`. */
  readonly records: ReadonlyMap<string, SequenceSet>
  /** Records that the sink could not store, by `session/dataset`. */
  readonly refused: ReadonlyMap<string, SequenceSet>
  /** Items that the collector could not read and whose dataset is known, by `session/dataset`: no record has their number. */
  readonly unread: ReadonlyMap<string, SequenceSet>
  readonly gaps: readonly GapRow[]
  readonly deadLetters: number
}

/** A gap as `verify` shows it; times in µs. */
export interface GapRow {
  readonly session: string
  readonly from: number
  readonly to: number
  readonly reason: string
  readonly evidence: string | null
}

/** Longest stretch of a record in which its session and seq stand. */
const HEAD_BYTES = 400

/** Reads every topic from `sinceMs` on and marks the sequence numbers of the given sessions. */
export async function topicCounts(bus: Bus, sinceMs: number, sessions: ReadonlySet<string>, signal?: AbortSignal): Promise<TopicCounts> {
  const records = new Map<string, SequenceSet>()
  const refused = new Map<string, SequenceSet>()
  const unread = new Map<string, SequenceSet>()
  const gaps: GapRow[] = []
  let deadLetters = 0
  const names = new Map(entities.map(({ topic, name }) => [topic.name, name]))
  const topics = [...names.keys()]
  await bus.readSince(
    topics,
    sinceMs,
    ({ topic, value }) => {
      const head = value && headOf(value)
      if (!head || !sessions.has(head.session)) return
      const dataset = names.get(topic)!
      if (dataset === 'dead_letter') {
        deadLetters++
        if (markLetter(refused, unread, value)) return
      }
      mark(records, `${head.session}/${dataset}`, head.seq)
      if (dataset === 'feed_gap') gaps.push(gapOf(value))
    },
    signal,
  )
  return { records, refused, unread, gaps, deadLetters }
}

/** A dead letter whose dataset is known stands for the record whose session and seq it carries. */
function markLetter(refused: Map<string, SequenceSet>, unread: Map<string, SequenceSet>, value: Buffer): boolean {
  const { stage, session, dataset, seq } = JSON.parse(value.toString()) as Record<string, string> & { seq: number }
  if (dataset === '*') return false
  mark(stage === 'sink' ? refused : unread, `${session}/${dataset}`, seq)
  return true
}

function mark(sets: Map<string, SequenceSet>, key: string, seq: number): void {
  const set = sets.get(key) ?? new SequenceSet()
  if (set.added === 0) sets.set(key, set)
  set.add(seq)
}

/** Session and seq of a record, from its first bytes; undefined for what is no record of ours. */
function headOf(value: Buffer): { session: string; seq: number } | undefined {
  const head = value.toString('latin1', 0, HEAD_BYTES)
  const session = /"session":"([^"\\]+)"/.exec(head)?.[1]
  const seq = Number(/"seq":(\d+)/.exec(head)?.[1])
  return session !== undefined && Number.isSafeInteger(seq) ? { session, seq } : undefined
}

function gapOf(value: Buffer): GapRow {
  const { session, from_time, to_time, reason, evidence } = JSON.parse(value.toString())
  return { session, from: from_time, to: to_time, reason, evidence: evidence ?? null }
}
