import {
  type Answer,
  isAccepted,
  isReadable,
  type RegistrationRequest,
  refusalOf,
  registerRequest,
  type VenueLimits,
} from '@tickhouse/kiwoom'
import { Countdown, delay } from '@tickhouse/runtime'
import { groupPairs, type Unregistered, type UnregisteredPair } from '../journal/unregistered.ts'
import { type RefusedPairs, RequestDivision, type RequestPart } from './division.ts'

/** How registering goes. */
export interface RegistrationOptions {
  readonly requests: readonly RegistrationRequest[]
  readonly limits: Pick<VenueLimits, 'registrationsAtOnce' | 'registrationGapMs'>
  readonly send: (json: string) => void
  /** Pairs that the venue does not send, once every request was answered or the session ends. */
  readonly onRefused: (refused: Unregistered) => void
  /** A request was refused for what it holds: now it is found out which pairs. */
  readonly onDivided: (request: RequestPart, evidence: string) => void
  /** What was refused on earlier connections. */
  readonly known: RefusedPairs
  readonly answerMs: number
}

/** How the venue took a request: `content` means that something in it is refused, `whole` that dividing it does not help. */
type Verdict =
  | { readonly kind: 'accepted' }
  | { readonly kind: 'unanswered' }
  | { readonly kind: 'content' | 'whole'; readonly evidence: string }

const attempts = 8
const maxPauseMs = 10_000
const silent = 'the venue did not answer in time'

/**
 * Registers everything on one connection, one request at a time: an answer names neither group nor items, so it can only belong to the
 * one request that waits. A request that came too fast is repeated after a pause that doubles; one that is too much for the venue is passed on; any other refusal
 * is for what the request holds, and it is divided until the pairs that are refused are alone.
 * A late answer to a request that was given up finds nobody waiting, or is taken for the next one's: then at worst the wrong request counts as refused.
 */
export class Registration {
  readonly #options: RegistrationOptions
  /** Pairs of type and item that the venue has accepted. */
  pairs = 0
  #sent = 0
  #waiting: ((answer: Answer) => void) | undefined

  constructor(options: RegistrationOptions) {
    this.#options = options
  }

  /** Takes an answer of the venue; false where nobody waits for one, or it says neither yes nor no. */
  answer(answer: Answer): boolean {
    if (this.#waiting === undefined || !isReadable(answer)) return false
    this.#waiting(answer)
    this.#waiting = undefined
    return true
  }

  /** Resolves when every pair was accepted or passed on as refused; rejects when the signal aborts. */
  async run(signal: AbortSignal): Promise<void> {
    const { requests, known, onRefused } = this.#options
    const division = new RequestDivision(requests, known)
    const refused: UnregisteredPair[] = []
    try {
      for (let piece = division.next(); piece !== undefined; piece = division.next())
        refused.push(...this.#outcome(division, piece, await this.#register(piece, signal)))
    } finally {
      for (const pairs of groupPairs(refused)) onRefused(pairs)
    }
  }

  /** What is refused for good by that verdict. */
  #outcome(division: RequestDivision, piece: RequestPart, verdict: Verdict): UnregisteredPair[] {
    if (verdict.kind === 'accepted') {
      division.accepted(piece)
      this.pairs += piece.types.length * piece.items.length
      return []
    }
    if (verdict.kind === 'unanswered') return allOf(piece, 'registration_unanswered', silent)
    if (verdict.kind === 'whole') return allOf(piece, 'registration_refused', verdict.evidence)
    const refused = division.refused(piece, verdict.evidence)
    if (refused.length === 0) this.#options.onDivided(piece, verdict.evidence)
    return refused
  }

  async #register(piece: RequestPart, signal: AbortSignal): Promise<Verdict> {
    const { registrationGapMs } = this.#options.limits
    const json = registerRequest(piece)
    for (let attempt = 1; ; attempt++) {
      const answer = await this.#ask(json, signal)
      if (answer === undefined) return { kind: 'unanswered' }
      if (isAccepted(answer)) return { kind: 'accepted' }
      const { code } = refusalOf(answer)
      const evidence = `${answer.returnCode}: ${answer.message}`
      const isTooFast = code === 'KIWOOM_RATE_LIMITED' || code === 'KIWOOM_NOT_LOGGED_IN'
      if (!isTooFast) return { kind: code === 'KIWOOM_REGISTRATION_FULL' ? 'whole' : 'content', evidence }
      if (attempt === attempts) return { kind: 'whole', evidence }
      await delay(Math.min(maxPauseMs, Math.max(100, registrationGapMs) * 2 ** attempt), signal)
    }
  }

  /** Sends one request at the venue's pace; undefined when no answer came. */
  async #ask(json: string, signal: AbortSignal): Promise<Answer | undefined> {
    const { limits, send, answerMs } = this.#options
    if (this.#sent >= limits.registrationsAtOnce) await delay(limits.registrationGapMs, signal)
    signal.throwIfAborted()
    this.#sent += 1
    const answered = new Promise<Answer>(resolve => {
      this.#waiting = resolve
    })
    const answeredOrOver = new AbortController()
    try {
      send(json)
      const answer = await Promise.race([answered, silence(answerMs, AbortSignal.any([signal, answeredOrOver.signal]))])
      signal.throwIfAborted()
      return answer
    } finally {
      this.#waiting = undefined
      answeredOrOver.abort()
    }
  }
}

function allOf({ types, items }: RequestPart, reason: UnregisteredPair['reason'], evidence: string): UnregisteredPair[] {
  return items.flatMap(item => types.map(type => ({ type, item, reason, evidence })))
}

/** Undefined after a while in which this process could have read an answer, or as soon as nobody waits any more. */
function silence(ms: number, signal: AbortSignal): Promise<undefined> {
  return new Promise(resolve => {
    const end = () => {
      countdown.stop()
      resolve(undefined)
    }
    const countdown = new Countdown(ms, end)
    signal.addEventListener('abort', end, { once: true })
    if (signal.aborted) end()
  })
}
