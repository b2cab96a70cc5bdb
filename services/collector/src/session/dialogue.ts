import { type Answer, isReadable, pingEcho, sessionEndOf } from '@tickhouse/kiwoom'
import type { Logger } from '@tickhouse/runtime'
import type { ControlFrame } from './capture.ts'
import type { Connection } from './connection.ts'
import type { Notices } from './notices.ts'
import type { Registration } from './registration.ts'

/** Why a session ended: a code, and what shows it. */
export interface SessionEnd {
  readonly reason: string
  readonly evidence: string
}

/** What was said so shortly before the venue closes the connection is named with the close. */
const saidBeforeMs = 60_000

/**
 * What is said over one connection besides data: PING is echoed, answers go to who waits for them, SYSTEM with one of the codes that end a session closes
 * the connection. Everything else means nothing to us: it is kept as a notice, and the venue closes the connection itself when it means it. SYSTEM is never echoed.
 */
export class Dialogue {
  connection: Connection | undefined
  /** Waits for answers to REG. */
  registration: Registration | undefined
  /** Why the session is about to end, if that is known. */
  announced: SessionEnd | undefined
  readonly #notices: Notices
  readonly #log: Logger
  #onLogin: ((answer: Answer) => void) | undefined
  #said: { readonly words: string; readonly atMs: number } | undefined

  constructor(notices: Notices, log: Logger) {
    this.#notices = notices
    this.#log = log
  }

  /** The next answer to a LOGIN that says yes or no. */
  loginAnswer(): Promise<Answer> {
    return new Promise(resolve => {
      this.#onLogin = resolve
    })
  }

  /** Takes a message that is no data. */
  hear(frame: ControlFrame, bytes: Buffer): void {
    if (frame.kind === 'ping') this.connection?.send(pingEcho(bytes.toString('utf8')))
    else if (!this.#understands(frame)) this.#keep(frame, bytes)
  }

  /** The end of a connection, with what was announced or said before. */
  explained(end: SessionEnd): SessionEnd {
    if (this.announced !== undefined) return this.announced
    if (this.#said === undefined || performance.now() - this.#said.atMs > saidBeforeMs) return end
    return { ...end, evidence: `${end.evidence}; shortly before, the venue had said ${this.#said.words}` }
  }

  /** False for what means nothing to us; nothing was done then. */
  #understands(frame: Exclude<ControlFrame, { kind: 'ping' }>): boolean {
    switch (frame.kind) {
      case 'login':
        return this.#answerLogin(frame)
      case 'reg':
        return this.registration?.answer(frame) ?? false
      case 'system':
        return this.#announceEnd(frame.code, frame.message)
      default:
        // The answer to a request that lacks a member has no trnm.
        return frame.kind === 'unknown' && frame.trnm === '' && (this.registration?.answer(frame) ?? false)
    }
  }

  #answerLogin(answer: Answer): boolean {
    if (this.#onLogin === undefined || !isReadable(answer)) return false
    this.#onLogin(answer)
    this.#onLogin = undefined
    return true
  }

  #announceEnd(code: string, message: string): boolean {
    const reason = sessionEndOf(code)
    if (reason === undefined) return false
    this.announced = { reason, evidence: `${code}: ${message}` }
    this.#log.warn({ code, message, reason }, 'The venue ends the session')
    // A refused login is answered after its SYSTEM message, and the answer says why.
    if (this.#onLogin === undefined) this.connection?.close()
    return true
  }

  #keep(frame: ControlFrame, bytes: Buffer): void {
    this.#notices.take(frame, bytes)
    const [{ code, text } = { code: '', text: '' }] = this.#notices.latest
    this.#said = { words: `${code}: ${text}`, atMs: performance.now() }
  }
}
