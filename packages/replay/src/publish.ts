import { type JournalSession, recordMessage, SessionJournal } from '@tickhouse/audit'
import type { Bus, Publisher } from '@tickhouse/bus'
import { koreanTime } from '@tickhouse/calendar'
import type { Produced } from '@tickhouse/catalogue'
import { type Doing, type Env, grouped, UsageError } from '@tickhouse/runtime'
import { ReplayClock, type ReplayTime } from './replay-clock.ts'
import type { Selection } from './selection.ts'
import { makeTopics, replayTopics } from './topics.ts'

/** How a selection is published. */
export interface PublishOptions {
  /** Stands before the name of each topic. */
  readonly prefix: string
  /** 1 is the original one, Infinity waits for nothing. */
  readonly speed: number
  /** Leaves out the time between two sessions. */
  readonly skipsGaps?: boolean
  readonly time?: ReplayTime
}

/** What publishing works with. */
export interface PublishReplayDeps extends Doing {
  readonly bus: Bus
  /** Says how new topics are spread over brokers. */
  readonly env: Env
}

/** What was published. */
export interface PublishedReplay {
  readonly records: number
  readonly topics: readonly string[]
}

/**
 * Publishes what the collector published of a selection, to topics of its own: the same keys, values and record times, in the same order and number. Numbers go on from
 * the beginning of a session, also where the selection begins later. Throws UsageError where there is no record, and for topics that cannot be taken.
 */
export async function publishReplay(
  selection: Selection,
  { prefix, speed, skipsGaps = false, time }: PublishOptions,
  { bus, env, tell, signal }: PublishReplayDeps,
): Promise<PublishedReplay> {
  const definitions = replayTopics(prefix, selection.filter, env)
  await requireRecords(selection, signal)
  tell(() => `Making ${definitions.length} topics ${prefix}…`)
  await makeTopics(bus, definitions, signal)
  const publisher = bus.publisher()
  const publishing = new Publishing(publisher, prefix, new ReplayClock(speed, time), signal)
  tell(() => publishing.progress)
  try {
    for (const session of selection.sessions) {
      if (skipsGaps) publishing.begin()
      for await (const records of recordsOf(session, selection, signal)) await publishing.publish(records)
    }
  } finally {
    await publisher.close()
  }
  return { records: publishing.records, topics: definitions.map(({ name }) => name) }
}

/** The wanted records of a session, a piece at a time; their times rise, so that nothing is read behind the interval. */
async function* recordsOf(
  session: JournalSession,
  { directory, interval, filter }: Selection,
  signal: AbortSignal,
): AsyncGenerator<readonly Produced[]> {
  let isBeyond = false
  const isWanted = (record: Produced) => {
    isBeyond ||= record.timestamp >= interval.toUs
    return record.timestamp >= interval.fromUs && record.timestamp < interval.toUs && filter.admitsRecord(record)
  }
  for await (const { records } of new SessionJournal(directory, session, undefined, signal).pieces(isWanted)) {
    yield records
    if (isBeyond) return
  }
}

/** Throws UsageError where a selection gives no record: no topic is made for nothing. */
async function requireRecords(selection: Selection, signal: AbortSignal): Promise<void> {
  for (const session of selection.sessions)
    for await (const records of recordsOf(session, selection, signal)) if (records.length > 0) return
  throw new UsageError(`The journal in ${selection.directory} gives no such records of ${selection.name}`)
}

/** Publishes records when it is their time. */
class Publishing {
  records = 0
  readonly #publisher: Publisher
  readonly #prefix: string
  readonly #clock: ReplayClock
  readonly #signal: AbortSignal
  #isBegun = false
  #atUs = 0

  constructor(publisher: Publisher, prefix: string, clock: ReplayClock, signal: AbortSignal) {
    this.#publisher = publisher
    this.#prefix = prefix
    this.#clock = clock
    this.#signal = signal
  }

  get progress(): string {
    return this.records === 0
      ? 'Reading the journal'
      : `${grouped(this.records)} records published, it is ${koreanTime(this.#atUs).slice(0, 19).replace('T', ' ')} there`
  }

  /** The next record is due at once. */
  begin(): void {
    this.#isBegun = false
  }

  async publish(records: readonly Produced[]): Promise<void> {
    let due: Produced[] = []
    for (const record of records) {
      if (due.length > 0 && this.#clock.msUntil(record.timestamp) > 0) {
        await this.#send(due)
        due = []
      }
      if (due.length === 0) await this.#untilDue(record.timestamp)
      due.push(record)
    }
    if (due.length > 0) await this.#send(due)
  }

  async #untilDue(timestamp: number): Promise<void> {
    if (!this.#isBegun) {
      this.#clock.setTo(timestamp)
      this.#clock.goOn()
    }
    this.#isBegun = true
    await this.#clock.until(timestamp, this.#signal)
    this.#signal.throwIfAborted()
  }

  async #send(records: readonly Produced[]): Promise<void> {
    const messages = records.map(recordMessage).map(message => ({ ...message, topic: this.#prefix + message.topic }))
    await this.#publisher.publish(messages, this.#signal)
    this.records += records.length
    this.#atUs = records.at(-1)!.timestamp
  }
}
