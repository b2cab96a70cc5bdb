import type { Bus } from '@tickhouse/bus'
import { entities, SequenceSet } from '@tickhouse/catalogue'
import { always, type Interval } from '../korean-time.ts'

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
  /** Offset of the last of these records, by dataset and partition. */
  readonly lastOffsets: ReadonlyMap<string, ReadonlyMap<number, number>>
  /** Time of the latest record of these sessions in any topic, of whatever date: what comes before it in the journal was published. */
  readonly publishedToUs: number
}

/** A gap as `verify` shows it; times in µs. */
export interface GapRow {
  readonly session: string
  readonly from: number
  readonly to: number
  readonly reason: string
  readonly evidence: string | null
}

/** What a record tells about itself with its first bytes. */
interface Head {
  readonly timestamp: number
  readonly session: string
  readonly seq: number
}

/** Longest stretch of a record in which its time, session and seq stand. */
const HEAD_BYTES = 400
const names = new Map(entities.map(({ topic, name }) => [topic.name, name]))
const known = new Set(names.values())

/** Reads every topic from `sinceMs` on and marks the sequence numbers of the given sessions, as far as their records are of that time. */
export async function topicCounts(
  bus: Bus,
  sinceMs: number,
  sessions: ReadonlySet<string>,
  time: Interval = always,
  signal?: AbortSignal,
): Promise<TopicCounts> {
  const reading = new TopicReading(sessions, time)
  await bus.readSince(
    [...names.keys()],
    sinceMs,
    ({ topic, partition, offset, value }) => {
      if (value !== null) reading.take(names.get(topic)!, partition, offset, value)
    },
    signal,
  )
  return reading
}

class TopicReading implements TopicCounts {
  readonly records = new Map<string, SequenceSet>()
  readonly refused = new Map<string, SequenceSet>()
  readonly unread = new Map<string, SequenceSet>()
  readonly gaps: GapRow[] = []
  readonly lastOffsets = new Map<string, Map<number, number>>()
  deadLetters = 0
  publishedToUs = 0
  readonly #sessions: ReadonlySet<string>
  readonly #time: Interval

  constructor(sessions: ReadonlySet<string>, time: Interval) {
    this.#sessions = sessions
    this.#time = time
  }

  take(dataset: string, partition: number, offset: number, value: Buffer): void {
    const head = headOf(value)
    if (!head || !this.#sessions.has(head.session)) return
    if (head.timestamp > this.publishedToUs) this.publishedToUs = head.timestamp
    if (head.timestamp < this.#time.fromUs || head.timestamp >= this.#time.toUs) return
    this.#noteOffset(dataset, partition, offset)
    if (dataset === 'dead_letter') {
      this.deadLetters++
      if (this.#markLetter(value)) return
    }
    mark(this.records, `${head.session}/${dataset}`, head.seq)
    if (dataset === 'feed_gap') this.gaps.push(gapOf(value))
  }

  /** A dead letter whose dataset is known stands for the record whose session and seq it carries. */
  #markLetter(value: Buffer): boolean {
    const { stage, session, dataset, seq } = JSON.parse(value.toString()) as Record<string, string> & { seq: number }
    if (dataset === '*') return false
    if (!known.has(dataset!)) return true
    mark(stage === 'sink' ? this.refused : this.unread, `${session}/${dataset}`, seq)
    return true
  }

  #noteOffset(dataset: string, partition: number, offset: number): void {
    let offsets = this.lastOffsets.get(dataset)
    if (offsets === undefined) {
      offsets = new Map()
      this.lastOffsets.set(dataset, offsets)
    }
    offsets.set(partition, offset)
  }
}

function mark(sets: Map<string, SequenceSet>, key: string, seq: number): void {
  const set = sets.get(key) ?? new SequenceSet()
  if (set.added === 0) sets.set(key, set)
  set.add(seq)
}

/** Time, session and seq of a record, from its first bytes; undefined for what is no record of ours. */
function headOf(value: Buffer): Head | undefined {
  const head = value.toString('latin1', 0, HEAD_BYTES)
  const timestamp = Number(/"timestamp":(\d+)/.exec(head)?.[1])
  const session = /"session":"([^"\\]+)"/.exec(head)?.[1]
  const seq = Number(/"seq":(\d+)/.exec(head)?.[1])
  return session !== undefined && Number.isSafeInteger(seq) && Number.isSafeInteger(timestamp) ? { timestamp, session, seq } : undefined
}

function gapOf(value: Buffer): GapRow {
  const { session, from_time, to_time, reason, evidence } = JSON.parse(value.toString())
  return { session, from: from_time, to: to_time, reason, evidence: evidence ?? null }
}
