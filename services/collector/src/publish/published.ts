import type { OnRecord } from '@tickhouse/bus'
import { entityOfTopic, type RecordHeader, SequenceSet } from '@tickhouse/catalogue'
import { comparePositions, type Position } from '@tickhouse/journal'

/** What a topic's record tells about itself; dead letters also say who made them, and about what. */
interface Header extends RecordHeader {
  readonly stage?: string
  readonly dataset?: string
}

/**
 * Which records of which sessions stand in the topics already: by the dataset whose topic it is, and the series that the number belongs to. The dead letter
 * that stands for trade 7 and trade 7 itself are two things, in two topics.
 */
export class PublishedRecords {
  readonly #sequences = new Map<string, SequenceSet>()
  readonly #end: Position | undefined

  /** Nothing that comes of the journal from `end` on was sent before; without it, all may have been. */
  constructor(end?: Position) {
    this.#end = end
  }

  /** Whether something may be here that comes of the journal at this place: `has` need not be asked otherwise. */
  mayHold(at: Position): boolean {
    return this.#end === undefined || comparePositions(at, this.#end) < 0
  }

  add(session: string, dataset: string, series: string, seq: number): void {
    const key = keyOf(session, dataset, series)
    const sequence = this.#sequences.get(key) ?? new SequenceSet()
    this.#sequences.set(key, sequence)
    sequence.add(seq)
  }

  has(session: string, dataset: string, series: string, seq: number): boolean {
    return this.#sequences.get(keyOf(session, dataset, series))?.has(seq) ?? false
  }
}

/** Notes the records of the given sessions as they are read. Dead letters of the sink repeat numbers of other records and do not count. */
export function noteIn(published: PublishedRecords, sessions: ReadonlySet<string>): OnRecord {
  return ({ topic, value }) => {
    const header = headerIn(value)
    if (header === undefined || !sessions.has(header.session) || header.stage === 'sink') return
    const dataset = entityOfTopic(topic)?.name as string
    published.add(header.session, dataset, seriesOf(dataset, header), header.seq)
  }
}

function keyOf(session: string, dataset: string, series: string): string {
  return `${session}/${dataset}/${series}`
}

/** The dataset whose numbering a record's seq belongs to: a dead letter takes the number of the record that it stands for, as far as its dataset is known. */
function seriesOf(dataset: string, letter: Header): string {
  return dataset === 'dead_letter' && letter.dataset !== undefined && letter.dataset !== '*' ? letter.dataset : dataset
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
