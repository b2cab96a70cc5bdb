import { entityOf, type Produced, SessionNormalizer } from '@tickhouse/catalogue'
import { publishedTo, type SessionHeader } from '@tickhouse/journal'
import { encoderFor, type Store } from '@tickhouse/store'
import { type RecordPiece, type RecordSource, SessionJournal } from '../journal/session-records.ts'
import { journalSessions, kafkaSinceMs } from '../journal/sessions.ts'
import { mend } from '../rebuild/mend.ts'
import { RecordSet } from '../rebuild/record-set.ts'
import { rowRefusalOf } from '../rebuild/row-writer.ts'
import { topicPositions } from '../rebuild/topic-positions.ts'
import { type DeadLetter, rawTexts } from './letters.ts'
import { type DeadLetterRetryOptions, type RetryOutcome, triedOutcome } from './outcome.ts'
import { storedDeadLetters } from './stored.ts'

/** Stands in for a session that the journal does not have any more: the items that its dead letters keep, normalized where they stood. */
export class DeadLetterSource implements RecordSource {
  readonly #store: Store
  readonly #letters: readonly DeadLetter[]
  readonly #signal: AbortSignal

  constructor(store: Store, letters: readonly DeadLetter[], signal: AbortSignal) {
    this.#store = store
    this.#letters = letters
    this.#signal = signal
  }

  /** Sessions leave the journal only when they are published. */
  async *pieces(isWanted: (record: Produced) => boolean): AsyncGenerator<RecordPiece> {
    for await (const chunk of rawTexts(this.#store, this.#letters, this.#signal))
      yield { isPublished: true, records: chunk.flatMap(([letter, raw]) => recordsOf(letter, raw)).filter(isWanted) }
  }
}

/** What comes of a letter's item under the number and the time that the letter has. */
export function recordsOf({ session, timestamp, dataset, seq }: DeadLetter, raw: string): Produced[] {
  const identity = { session, openedAtUs: timestamp, environment: '', collector: '' }
  const normalizer = new SessionNormalizer(identity, { opened: true, lastTimestamp: timestamp - 1, seq: { [dataset]: seq - 1 } })
  return normalizer.entry({ kind: 'frame', timeUs: timestamp, text: `{"trnm":"REAL","data":[${raw}]}` })
}

/** The journal of the session. */
interface OfJournal {
  readonly journalDirectory: string
}

/**
 * Reads the items of the collector's letters of one session and dataset again. What becomes a record by today's catalogue gets the number that the letter kept
 * for it: it is published, unless its topic holds it already, and stored with its place there.
 */
export async function retryCollector(
  session: string,
  dataset: string,
  letters: readonly DeadLetter[],
  options: DeadLetterRetryOptions & OfJournal,
): Promise<RetryOutcome[]> {
  const { bus, store, signal, dryRun, tell } = options
  tell(() => `Reading session ${session} of the journal again for ${letters.length} dead letters of ${dataset}`)
  const { source, isGone, sessions } = await sourceOf(session, letters, options)
  const reading = await read(source, dataset, letters)
  const { becomes, unpublished, refusals } = reading
  const entity = entityOf(dataset)
  const onRefused = ({ seq }: { seq: number }, reason: string) => void refusals.set(seq, reason)
  if (reading.records > 0) {
    const sinceMs = kafkaSinceMs(Math.min(...letters.map(({ timestamp }) => timestamp)), sessions)
    const question = { entity, session, sinceMs, isWanted: becomes.has.bind(becomes) }
    const inTopic = await topicPositions(bus, question, signal)
    for (const { seq } of letters)
      if (unpublished.has({ series: dataset, seq }) && !inTopic.has({ series: dataset, seq })) refusals.set(seq, notPublished)
    if (!dryRun) await mend({ ...question, source, inTopic, onRefused }, options)
  }
  const stored = dryRun ? undefined : await storedDeadLetters(store, letters, signal)
  const whyNot = ({ id, seq }: DeadLetter): string | undefined => {
    if (!becomes.has({ series: dataset, seq })) return isGone ? cutText : notFound
    return stored?.has(id) === false ? notSeen : undefined
  }
  return letters.map(letter => triedOutcome(letter, refusals.get(letter.seq) ?? whyNot(letter), dryRun))
}

const notPublished = 'The collector has not published that part of its journal yet'
const notSeen = 'The record is in its topic, but its row is not in the table yet'
const notFound = 'The journal gives nothing under this number'
const cutText = 'The session has left the journal, and the text in the dead letter does not give the item'

async function sourceOf(
  session: string,
  letters: readonly DeadLetter[],
  { journalDirectory, store, signal }: DeadLetterRetryOptions & OfJournal,
): Promise<{ source: RecordSource; isGone: boolean; sessions: readonly SessionHeader[] }> {
  const stored = await journalSessions(journalDirectory)
  const sessions = stored.map(({ header }) => header)
  const found = stored.find(({ header }) => header.session === session)
  if (found === undefined) return { source: new DeadLetterSource(store, letters, signal), isGone: true, sessions }
  return { source: new SessionJournal(journalDirectory, found, await publishedTo(journalDirectory), signal), isGone: false, sessions }
}

/** What today's catalogue makes of the items: a record, or a dead letter again. */
interface Reading {
  readonly records: number
  readonly becomes: RecordSet
  readonly unpublished: RecordSet
  /** By seq. */
  readonly refusals: Map<number, string>
}

async function read(source: RecordSource, dataset: string, letters: readonly DeadLetter[]): Promise<Reading> {
  const encoder = encoderFor(entityOf(dataset).table)
  const [becomes, unpublished, refusals] = [new RecordSet(), new RecordSet(), new Map<number, string>()]
  const seqs = new Set(letters.map(({ seq }) => seq))
  let records = 0
  for await (const piece of source.pieces(({ series, seq }) => series === dataset && seqs.has(seq)))
    for (const record of piece.records) {
      const refusal = record.dataset === dataset ? rowRefusalOf(encoder, JSON.parse(record.json)) : detailOf(record)
      if (refusal !== undefined) {
        refusals.set(record.seq, refusal)
        continue
      }
      records++
      becomes.add(record)
      if (!piece.isPublished) unpublished.add(record)
    }
  return { records, becomes, unpublished, refusals }
}

function detailOf({ json }: Produced): string {
  const { reason, detail } = JSON.parse(json) as { reason: string; detail: string }
  return `${reason}: ${detail}`
}
