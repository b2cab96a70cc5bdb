import type { Bus } from '@tickhouse/bus'
import { entities, entityOfTopic, type RecordHeader, SequenceSet } from '@tickhouse/catalogue'

/** What a topic's record tells about itself; dead letters also say who made them. */
interface Header extends RecordHeader {
  readonly stage?: string
}

/** Which records of which sessions stand in the topics already. */
export class PublishedRecords {
  readonly #sequences = new Map<string, SequenceSet>()

  add(session: string, dataset: string, seq: number): void {
    const key = keyOf(session, dataset)
    const sequence = this.#sequences.get(key) ?? new SequenceSet()
    this.#sequences.set(key, sequence)
    sequence.add(seq)
  }

  has(session: string, dataset: string, seq: number): boolean {
    return this.#sequences.get(keyOf(session, dataset))?.has(seq) ?? false
  }
}

/** Reads the tails of all topics and notes the records of the given sessions. Dead letters of the sink repeat numbers of other records and do not count. */
export async function readPublished(
  bus: Bus,
  sessions: ReadonlySet<string>,
  sinceMs: number,
  signal: AbortSignal,
): Promise<PublishedRecords> {
  const published = new PublishedRecords()
  const topics = entities.map(entity => entity.topic.name)
  await bus.readSince(
    topics,
    sinceMs,
    ({ topic, value }) => {
      const header = headerIn(value)
      if (header === undefined || !sessions.has(header.session) || header.stage === 'sink') return
      published.add(header.session, entityOfTopic(topic)?.name as string, header.seq)
    },
    signal,
  )
  return published
}

function keyOf(session: string, dataset: string): string {
  return `${session}/${dataset}`
}

/** The header of a record; undefined for what someone else may have put into the topic. */
function headerIn(value: Buffer | null): Header | undefined {
  try {
    const header = JSON.parse(value?.toString('utf8') ?? '') as Header
    return Number.isSafeInteger(header.seq) && typeof header.session === 'string' ? header : undefined
  } catch {
    return undefined
  }
}
