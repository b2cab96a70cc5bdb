import type { Journal } from '@tickhouse/journal'
import { decodeFrame, type Frame, mayHoldAccount } from '@tickhouse/kiwoom'
import type { CaptureClock } from '@tickhouse/runtime'

/** A message of the venue that is not data. */
export type ControlFrame = Exclude<Frame, { kind: 'real' } | { kind: 'unreadable' }>

/** What was captured, counted without the help of a metrics library: this is the path of every frame. */
export interface CaptureCounts {
  real: number
  unreadable: number
  control: number
  unknown: number
  bytes: number
  /** Items of account types that are not selected. */
  discardedItems: number
  /** Frames that came before the login was accepted and were more than are kept. */
  discardedEarly: number
}

/** What capturing works with. */
export interface CaptureParts {
  readonly journal: Pick<Journal, 'append'>
  readonly clock: CaptureClock
  /** Replaces account numbers. */
  readonly hide: (text: string) => string
  /** Account types whose items are dropped, because they were not asked for. */
  readonly unwantedTypes: ReadonlySet<string>
  readonly counts: CaptureCounts
  readonly onControl: (frame: ControlFrame, bytes: Buffer) => void
}

interface EarlyFrame {
  readonly timeUs: number
  readonly bytes: Buffer
}

const mostEarlyFrames = 1_000

/** Counts of nothing yet. */
export function noCounts(): CaptureCounts {
  return { real: 0, unreadable: 0, control: 0, unknown: 0, bytes: 0, discardedItems: 0, discardedEarly: 0 }
}

/**
 * Takes the messages of one connection: the time first, then what it is, then into the journal, and nothing else. Data that comes before the
 * login is accepted waits, since it has no session yet.
 */
export class Capture {
  /** When the last message came, µs; also of those that are no data. */
  lastHeardUs: number
  /** When the last PING and the last data came, µs. */
  lastPingUs: number | undefined
  lastDataUs: number | undefined
  readonly #parts: CaptureParts
  readonly #unwantedMarks: readonly Buffer[]
  #early: EarlyFrame[] | undefined = []

  constructor(parts: CaptureParts) {
    this.#parts = parts
    this.lastHeardUs = parts.clock.stamp()
    this.#unwantedMarks = [...parts.unwantedTypes].map(type => Buffer.from(`"type":"${type}"`))
  }

  /** One message as it came from the socket. */
  take(bytes: Buffer): void {
    const timeUs = this.#parts.clock.stamp()
    this.lastHeardUs = timeUs
    this.#parts.counts.bytes += bytes.length
    const frame = decodeFrame(bytes)
    if (frame.kind === 'real') {
      this.lastDataUs = timeUs
      this.#parts.counts.real += 1
      this.#keep(timeUs, bytes)
    } else if (frame.kind === 'unreadable') {
      this.#parts.counts.unreadable += 1
      this.#keep(timeUs, bytes)
    } else {
      if (frame.kind === 'ping') this.lastPingUs = timeUs
      this.#control(frame, bytes)
    }
  }

  /** The session is open in the journal: what came early goes there first. */
  open(): void {
    const early = this.#early ?? []
    this.#early = undefined
    for (const { timeUs, bytes } of early) this.#parts.journal.append('frame', timeUs, bytes)
  }

  #control(frame: ControlFrame, bytes: Buffer): void {
    if (frame.kind === 'unknown') this.#parts.counts.unknown += 1
    else this.#parts.counts.control += 1
    this.#parts.onControl(frame, bytes)
  }

  #keep(timeUs: number, bytes: Buffer): void {
    const cleaned = this.#needsCare(bytes) ? this.#clean(bytes) : bytes
    if (cleaned === undefined) return
    if (this.#early === undefined) this.#parts.journal.append('frame', timeUs, cleaned)
    else if (this.#early.length < mostEarlyFrames) this.#early.push({ timeUs, bytes: Buffer.from(cleaned) })
    else this.#parts.counts.discardedEarly += 1
  }

  /** Cheap, and true for next to no frame of the market. */
  #needsCare(bytes: Buffer): boolean {
    return mayHoldAccount(bytes) || this.#unwantedMarks.some(mark => bytes.includes(mark))
  }

  /** Without unwanted items and account numbers; undefined when nothing is left. */
  #clean(bytes: Buffer): Buffer | undefined {
    const text = bytes.toString('utf8')
    const wanted = this.#parts.unwantedTypes.size === 0 ? text : this.#withoutUnwanted(text)
    return wanted === undefined ? undefined : Buffer.from(this.#parts.hide(wanted))
  }

  #withoutUnwanted(text: string): string | undefined {
    const items = itemsOf(text)
    if (items === undefined) return text
    const wanted = items.filter(item => !this.#parts.unwantedTypes.has(typeOf(item)))
    this.#parts.counts.discardedItems += items.length - wanted.length
    if (wanted.length === items.length) return text
    return wanted.length === 0 ? undefined : JSON.stringify({ data: wanted, trnm: 'REAL' })
  }
}

/** The items of a REAL frame; undefined for anything else. */
function itemsOf(text: string): unknown[] | undefined {
  try {
    const { data } = JSON.parse(text) as { data?: unknown }
    return Array.isArray(data) ? data : undefined
  } catch {
    return undefined
  }
}

function typeOf(item: unknown): string {
  return String((item as { type?: unknown } | null)?.type)
}
