import { type Bus, BusError } from '@tickhouse/bus'
import { always, type Interval } from '@tickhouse/calendar'
import { entities, SequenceSet } from '@tickhouse/catalogue'
import { type Doing, grouped, messageOf, untold } from '@tickhouse/runtime'

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
  /** Datasets whose topic cannot be read, and why. */
  readonly unreadable: ReadonlyMap<string, string>
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

/** Which records count. */
export interface TopicQuestion {
  readonly sinceMs: number
  readonly sessions: ReadonlySet<string>
  readonly time?: Interval
}

/**
 * Reads every topic from `sinceMs` on and marks the sequence numbers of the given sessions, as far as their records are of that time. A topic that is
 * missing or cannot be read is named with the reason, and the others are read. Throws when Kafka is away, or no topic can be read.
 */
export async function topicCounts(bus: Bus, question: TopicQuestion, doing: Partial<Doing> = {}): Promise<TopicCounts> {
  const all = [...names.keys()]
  try {
    return await readTogether(bus, all, question, doing)
  } catch (error) {
    if (!isOfOneTopic(error)) throw error
    return await readApart(bus, all, question, doing)
  }
}

/** Kafka says it of some topic, and of the others perhaps not. */
function isOfOneTopic(error: unknown): boolean {
  return error instanceof BusError && !['BUS_UNAVAILABLE', 'BUS_AUTHENTICATION_FAILED'].includes(error.code)
}

async function readTogether(
  bus: Bus,
  topics: readonly string[],
  { sessions, sinceMs, time = always }: TopicQuestion,
  { tell = untold, signal }: Partial<Doing>,
): Promise<TopicReading> {
  const reading = new TopicReading(sessions, time)
  const what = topics.length === 1 ? `topic ${topics[0]}` : `${topics.length} topics`
  tell(() => `Reading ${what}: ${grouped(reading.seen)} records`)
  await bus.readSince(
    topics,
    sinceMs,
    ({ topic, partition, offset, value }) => {
      if (value !== null) reading.take(names.get(topic)!, partition, offset, value)
    },
    signal,
  )
  return reading
}

/** One topic after the other, so that one that cannot be read is found and does not stop the others. */
async function readApart(bus: Bus, topics: readonly string[], question: TopicQuestion, doing: Partial<Doing>): Promise<TopicCounts> {
  const whole = new TopicReading(question.sessions, question.time ?? always)
  let failure: unknown
  for (const topic of topics)
    try {
      whole.add(await readTogether(bus, [topic], question, doing))
    } catch (error) {
      if (!isOfOneTopic(error)) throw error
      failure = error
      whole.unreadable.set(names.get(topic)!, reasonFor(topic, error as BusError))
    }
  if (whole.unreadable.size === topics.length) throw failure
  return whole
}

/** Why a topic cannot be read, and what mends it where that is known. */
export function reasonFor(topic: string, error: Pick<BusError, 'code' | 'message'>): string {
  if (error.code === 'BUS_TOPIC_MISSING') return `topic ${topic} is missing: run \`tickhouse topics apply\``
  return `topic ${topic} cannot be read: ${messageOf(error)}`
}

class TopicReading implements TopicCounts {
  readonly records = new Map<string, SequenceSet>()
  readonly refused = new Map<string, SequenceSet>()
  readonly unread = new Map<string, SequenceSet>()
  readonly gaps: GapRow[] = []
  readonly lastOffsets = new Map<string, Map<number, number>>()
  readonly unreadable = new Map<string, string>()
  /** Records that were looked at, of whatever session and time. */
  seen = 0
  deadLetters = 0
  publishedToUs = 0
  readonly #sessions: ReadonlySet<string>
  readonly #time: Interval

  constructor(sessions: ReadonlySet<string>, time: Interval) {
    this.#sessions = sessions
    this.#time = time
  }

  take(dataset: string, partition: number, offset: number, value: Buffer): void {
    this.seen++
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

  /** Takes over what another topic gave; no two topics say anything of the same. */
  add(other: TopicReading): void {
    for (const [key, set] of other.records) this.records.set(key, set)
    for (const [key, set] of other.refused) this.refused.set(key, set)
    for (const [key, set] of other.unread) this.unread.set(key, set)
    for (const [dataset, offsets] of other.lastOffsets) this.lastOffsets.set(dataset, offsets)
    this.gaps.push(...other.gaps)
    this.seen += other.seen
    this.deadLetters += other.deadLetters
    this.publishedToUs = Math.max(this.publishedToUs, other.publishedToUs)
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
