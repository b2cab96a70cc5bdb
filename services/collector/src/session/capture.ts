import { isNestedWithin, maxReadBytes } from '@tickhouse/catalogue'
import type { Journal } from '@tickhouse/journal'
import { decodeFrame, type Frame, hasMember, maskAccounts, mayHoldAccount, withoutAccounts } from '@tickhouse/kiwoom'
import type { CaptureClock } from '@tickhouse/runtime'
import { mayHoldType } from './may-hold-type.ts'

/** A message of the venue that is not data. */
export type ControlFrame = Exclude<Frame, { kind: 'real' } | { kind: 'unreadable' }>

/** What was captured, counted without the help of a metrics library: this is the path of every frame. */
export interface CaptureCounts {
  real: number
  unreadable: number
  control: number
  unknown: number
  bytes: number
  /** Items of account types that are not selected, and unreadable texts that look like one. */
  discardedItems: number
  /** Frames that came before the login was accepted and were more than are kept. */
  discardedEarly: number
}

/** What capturing works with. */
export interface CaptureDeps {
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

const maxEarlyFrames = 1_000
/** So much waits for the answer to a LOGIN. */
export const maxEarlyBytes = 32 * 1024 * 1024

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
  readonly #deps: CaptureDeps
  readonly #unwantedMarks: readonly Buffer[]
  readonly #unwantedSigns: RegExp
  #early: EarlyFrame[] | undefined = []
  #earlyBytes = 0

  constructor(deps: CaptureDeps) {
    this.#deps = deps
    this.lastHeardUs = deps.clock.stamp()
    this.#unwantedMarks = [...deps.unwantedTypes].map(type => Buffer.from(`"${type}"`))
    this.#unwantedSigns = new RegExp(`"type"\\s*:\\s*"(${[...deps.unwantedTypes].join('|')})"|"9201"\\s*:`)
  }

  /** One message as it came from the socket; its bytes may be changed. */
  take(bytes: Buffer): void {
    const timeUs = this.#deps.clock.stamp()
    this.lastHeardUs = timeUs
    this.#deps.counts.bytes += bytes.length
    const frame = decodeFrame(bytes)
    if (frame.kind === 'real') {
      this.lastDataUs = timeUs
      this.#deps.counts.real += 1
      this.#keep(timeUs, this.#needsCare(bytes) ? this.#clean(bytes, this.#deps.hide) : bytes)
    } else if (frame.kind === 'unreadable') {
      this.#deps.counts.unreadable += 1
      this.#keep(
        timeUs,
        this.#clean(bytes, text => withoutAccounts(this.#deps.hide(text))),
      )
    } else {
      if (frame.kind === 'ping') this.lastPingUs = timeUs
      this.#control(frame, bytes)
    }
  }

  /** The session is open in the journal: what came early goes there first. */
  open(): void {
    const early = this.#early ?? []
    this.#early = undefined
    for (const { timeUs, bytes } of early) this.#deps.journal.append('frame', timeUs, bytes)
  }

  #control(frame: ControlFrame, bytes: Buffer): void {
    if (frame.kind === 'unknown') this.#deps.counts.unknown += 1
    else this.#deps.counts.control += 1
    this.#deps.onControl(frame, bytes)
  }

  #keep(timeUs: number, bytes: Buffer | undefined): void {
    if (bytes === undefined) return
    if (this.#early === undefined) this.#deps.journal.append('frame', timeUs, bytes)
    else this.#wait(this.#early, { timeUs, bytes })
  }

  #wait(early: EarlyFrame[], { timeUs, bytes }: EarlyFrame): void {
    if (early.length === maxEarlyFrames || this.#earlyBytes + bytes.length > maxEarlyBytes) {
      this.#deps.counts.discardedEarly += 1
      return
    }
    this.#earlyBytes += bytes.length
    early.push({ timeUs, bytes: Buffer.from(bytes) })
  }

  /** Cheap, and true for next to no frame of the market: those without an account's type and without FID 9201 are journalled byte for byte. */
  #needsCare(bytes: Buffer): boolean {
    return mayHoldAccount(bytes) || mayHoldType(bytes, this.#unwantedMarks)
  }

  /** Without unwanted items and account numbers; undefined when nothing is left. */
  #clean(bytes: Buffer, hide: (text: string) => string): Buffer | undefined {
    if (bytes.length > maxReadBytes) return this.#masked(bytes)
    const text = bytes.toString('utf8')
    const wanted = this.#deps.unwantedTypes.size === 0 ? text : this.#withoutUnwanted(text)
    if (wanted === undefined) return undefined
    const hidden = hide(wanted)
    return hidden === text ? bytes : Buffer.from(hidden)
  }

  /** The same for what is too large to become a text: nothing is copied, account numbers are overwritten where they stand. */
  #masked(bytes: Buffer): Buffer | undefined {
    if (this.#deps.unwantedTypes.size > 0 && (hasMember(bytes, 'type', this.#unwantedMarks) || hasMember(bytes, '9201'))) {
      this.#deps.counts.discardedItems += 1
      return undefined
    }
    maskAccounts(bytes)
    return bytes
  }

  #withoutUnwanted(text: string): string | undefined {
    const items = itemsOf(text)
    if (items === undefined) return this.#withoutSigns(text)
    const wanted = items.filter(item => !this.#deps.unwantedTypes.has(typeOf(item)))
    this.#deps.counts.discardedItems += items.length - wanted.length
    if (wanted.length === items.length) return text
    return wanted.length === 0 ? undefined : JSON.stringify({ data: wanted.map(shown), trnm: 'REAL' })
  }

  /** No items can be told apart in this text: it is dropped whole when it shows the sign of an account that was not asked for. */
  #withoutSigns(text: string): string | undefined {
    if (!this.#unwantedSigns.test(text)) return text
    this.#deps.counts.discardedItems += 1
    return undefined
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
  const type = (item as { type?: unknown } | null)?.type
  return typeof type === 'string' ? type : ''
}

/** An item that can be written again: one that is nested without end is only named, and becomes a dead letter as such. */
function shown(item: unknown): unknown {
  return isNestedWithin(item) ? item : 'an item that is nested too deeply'
}
