import { cut } from '@tickhouse/catalogue'
import { withoutAccounts } from '@tickhouse/kiwoom'
import type { Logger } from '@tickhouse/runtime'
import type { Said } from '../journal/feed-log.ts'
import type { ControlFrame } from './capture.ts'

/** What was said, when last, and how often. */
export interface Notice extends Said {
  readonly atMs: number
  readonly times: number
}

const maxShown = 20
const maxCounted = 50
const maxCodeLength = 40
const maxTextLength = 500
const others = '(others)'
/** The same words are told this often at most, and so are all those together for which there is no room. */
const tellEveryMs = 60_000
const maxTold = 100

/**
 * Keeps what the venue says besides data and answers: everything is counted, the latest can be seen in /status, and what is new, or was not told for a minute,
 * is logged and passed on to be written down. Bounded whatever the venue says.
 */
export class Notices {
  /** How often, by kind and code. */
  readonly counts = new Map<string, { readonly kind: string; readonly code: string; count: number }>()
  readonly #log: Logger
  readonly #onNew: (said: Said) => void
  readonly #told = new Map<string, number>()
  #shown: readonly Notice[] = []

  constructor(log: Logger, onNew: (said: Said) => void) {
    this.#log = log
    this.#onNew = onNew
  }

  /** The latest, the newest first. */
  get latest(): readonly Notice[] {
    return this.#shown
  }

  /** Takes a message that means nothing to us. */
  take(frame: ControlFrame, bytes: Buffer, nowMs = Date.now()): void {
    const said = saidIn(frame, bytes)
    const times = this.#count(said)
    const isSame = (notice: Notice) => notice.kind === said.kind && notice.code === said.code && notice.text === said.text
    const before = this.#shown.find(isSame)
    this.#shown = [{ ...said, atMs: nowMs, times: (before?.times ?? 0) + 1 }, ...this.#shown.filter(notice => notice !== before)].slice(
      0,
      maxShown,
    )
    if (!this.#isDue(said, nowMs)) return
    this.#log.warn(
      { ...said, times },
      'The venue sent a message that is neither data nor an answer; the journal keeps it, and the session continues',
    )
    this.#onNew(said)
  }

  #count({ kind, code }: Said): number {
    const key = `${kind}/${code}`
    const name = this.counts.has(key) || this.counts.size < maxCounted ? code : others
    const counted = this.counts.get(`${kind}/${name}`) ?? { kind, code: name, count: 0 }
    counted.count += 1
    this.counts.set(`${kind}/${name}`, counted)
    return counted.count
  }

  #isDue({ kind, code, text }: Said, nowMs: number): boolean {
    const words = `${kind}/${code}/${text}`
    for (const [key, toldMs] of this.#told) if (nowMs - toldMs >= tellEveryMs) this.#told.delete(key)
    const key = this.#told.has(words) || this.#told.size < maxTold ? words : others
    if (this.#told.has(key)) return false
    this.#told.set(key, nowMs)
    return true
  }
}

function saidIn(frame: ControlFrame, bytes: Buffer): Said {
  if (frame.kind === 'system') return said('system', frame.code, frame.message)
  const text = bytes.toString('utf8', 0, maxTextLength)
  return frame.kind === 'unknown' ? said('unknown', frame.trnm, text) : said('answer', frame.kind.toUpperCase(), text)
}

function said(kind: Said['kind'], code: string, text: string): Said {
  return { kind, code: cut(withoutAccounts(code), maxCodeLength), text: cut(withoutAccounts(text), maxTextLength) }
}
