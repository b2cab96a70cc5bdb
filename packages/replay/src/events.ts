import type { JournalSession } from '@tickhouse/audit'
import { koreanTime } from '@tickhouse/calendar'
import { datasetOfType, FrameScanner, maxReadBytes } from '@tickhouse/catalogue'
import { type Entry, readJournal } from '@tickhouse/journal'
import { isMarketWide, type Pair } from '@tickhouse/kiwoom'
import { UsageError } from '@tickhouse/runtime'
import type { Selection } from './selection.ts'

/** A frame as it was captured. */
export interface ReplayedFrame {
  readonly kind: 'frame'
  readonly timeUs: number
  readonly bytes: Buffer
  /** What has to be registered for it, one of them; none where it names nothing that can be: it is for everyone. */
  readonly pairs: readonly Pair[]
}

/** The end of a session that another one follows: the connection was lost here. */
export interface ReplayedEnd {
  readonly kind: 'end'
  readonly timeUs: number
  readonly session: string
  /** As the journal says it. */
  readonly reason: string
}

export type ReplayEvent = ReplayedFrame | ReplayedEnd

/** The frames of a selection and the ends of sessions between them, in the order of the journal, a piece of it at a time, until the signal aborts. */
export async function* eventsOf(selection: Selection, signal: AbortSignal): AsyncGenerator<readonly ReplayEvent[], void, undefined> {
  let before: ReplayedEnd | undefined
  for (const session of selection.sessions) {
    const reading = new SessionFrames(selection, session)
    let isFirst = true
    for await (const frames of reading.pieces(signal)) {
      yield isFirst && before !== undefined ? [before, ...frames] : frames
      isFirst = false
    }
    if (!isFirst) before = reading.end
  }
}

/** Throws UsageError where a selection has no frame. */
export async function requireFrames(selection: Selection, signal: AbortSignal): Promise<void> {
  for await (const _ of eventsOf(selection, signal)) return
  signal.throwIfAborted()
  const { name, interval, sessions, directory, filter } = selection
  const ids = sessions.map(({ header }) => header.session).join(', ')
  const [from, to] = [interval.fromUs, interval.toUs].map(koreanTime)
  throw new UsageError(
    `No frame${filter.isOpen ? '' : ' of these symbols and types'} was captured between ${from} and ${to}: ${name} in ${directory} (session ${ids})`,
  )
}

/** The frames of one session, and how it ended. */
class SessionFrames {
  readonly #selection: Selection
  readonly #session: JournalSession
  #end: Pick<ReplayedEnd, 'timeUs' | 'reason'>
  #isClosed = false

  constructor(selection: Selection, session: JournalSession) {
    this.#selection = selection
    this.#session = session
    this.#end = { timeUs: session.header.openedAtUs, reason: 'crashed' }
  }

  /** Known once all pieces were read. */
  get end(): ReplayedEnd {
    return { kind: 'end', session: this.#session.header.session, ...this.#end }
  }

  /** Those that are wanted, up to the end of the interval; a piece of the journal without any is passed over. */
  async *pieces(signal: AbortSignal): AsyncGenerator<readonly ReplayedFrame[], void, undefined> {
    const { directory, interval } = this.#selection
    const { header, from, to } = this.#session
    for await (const batch of readJournal(directory, { from, ...(to && { to }) })) {
      if (signal.aborted) return
      if (batch.header.session === '') continue
      if (batch.header.session !== header.session) return
      const frames = batch.entries.flatMap(entry => this.#framesIn(entry))
      this.#note(batch.entries)
      if (frames.length > 0) yield frames
      if (batch.entries.some(({ timeUs }) => timeUs >= interval.toUs)) return
    }
  }

  #framesIn({ kind, timeUs, bytes }: Entry): ReplayedFrame[] {
    const { interval, filter } = this.#selection
    if (kind !== 'frame' || timeUs < interval.fromUs || timeUs >= interval.toUs) return []
    const named = pairsNamedIn(bytes)
    if (!filter.admitsFrame(named)) return []
    return [{ kind, timeUs, bytes, pairs: named.map(({ type, item }) => ({ type, item: isMarketWide(type) ? '' : item })) }]
  }

  /** A session ends with its close; what follows that are gaps. Without one it ends with its last entry. */
  #note(entries: readonly Entry[]): void {
    const last = entries.find(({ kind }) => kind === 'close') ?? entries.at(-1)
    if (this.#isClosed || last === undefined) return
    this.#isClosed = last.kind === 'close'
    this.#end = { timeUs: last.timeUs, reason: this.#isClosed ? reasonIn(last) : 'crashed' }
  }
}

function reasonIn({ bytes }: Entry): string {
  try {
    return String((JSON.parse(bytes.toString()) as { reason?: unknown }).reason)
  } catch {
    return 'unknown'
  }
}

const scanner = new FrameScanner()

/** The types of ours and the items that the data of a frame name; none where it is not read. */
export function pairsNamedIn(bytes: Buffer): readonly Pair[] {
  if (bytes.length > maxReadBytes) return []
  const text = bytes.toString()
  const named = scanner.scan(text) ? scanner.items.slice(0, scanner.itemCount) : parsedItems(text)
  return named.filter(isPair).map(({ type, item }) => ({ type, item }))
}

interface NamedItem {
  readonly type?: unknown
  readonly item?: unknown
}

function parsedItems(text: string): readonly NamedItem[] {
  try {
    const { data } = JSON.parse(text) as { data?: unknown }
    return Array.isArray(data) ? data.filter(item => typeof item === 'object' && item !== null) : []
  } catch {
    return []
  }
}

function isPair(named: NamedItem): named is Pair {
  return typeof named.type === 'string' && typeof named.item === 'string' && datasetOfType(named.type) !== undefined
}
