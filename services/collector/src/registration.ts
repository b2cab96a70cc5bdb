import { type Answer, isAccepted, isReadable, type LeftOut, type RegistrationRequest, refusalOf, type VenueLimits } from '@tickhouse/kiwoom'
import { delay, isAbort } from '@tickhouse/runtime'

/** Pairs of type and item that are wanted and that the venue does not send. */
export interface Unregistered {
  readonly types: readonly string[]
  readonly items: readonly string[]
  readonly reason: 'registration_refused' | 'registration_unanswered' | 'not_registered'
  readonly evidence: string
}

/** What a plan leaves out, with as few entries as possible: the items that miss the same types for the same reason go together. */
export function unplanned(leftOut: readonly LeftOut[]): Unregistered[] {
  const typesOf = new Map<string, string[]>()
  for (const { type, item, reason } of leftOut) push(typesOf, JSON.stringify([item, reason]), type)
  const itemsOf = new Map<string, string[]>()
  for (const [key, types] of typesOf) {
    const [item, reason] = JSON.parse(key) as [string, string]
    push(itemsOf, JSON.stringify([types, reason]), item)
  }
  return [...itemsOf].map(([key, items]) => {
    const [types, evidence] = JSON.parse(key) as [string[], string]
    return { types, items, reason: 'not_registered', evidence }
  })
}

function push(lists: Map<string, string[]>, key: string, value: string): void {
  const list = lists.get(key)
  if (list === undefined) lists.set(key, [value])
  else list.push(value)
}

/** How registering goes. */
export interface RegistrationOptions {
  readonly requests: readonly RegistrationRequest[]
  readonly limits: Pick<VenueLimits, 'registrationsAtOnce' | 'registrationGapMs'>
  readonly send: (json: string) => void
  readonly onRefused: (refused: Unregistered) => void
  readonly answerMs: number
}

const attempts = 8
const longestPauseMs = 10_000

/**
 * Registers everything on one connection, one request at a time: an answer names neither group nor items, so it can only belong to the
 * one request that waits. A request that came too fast is repeated after a pause that doubles; any other refusal is passed on and the rest is registered.
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

  /** Resolves when every request was accepted or passed on as refused; rejects when the signal aborts. */
  async run(signal: AbortSignal): Promise<void> {
    for (const request of this.#options.requests) {
      const refused = await this.#register(request, signal)
      if (refused !== undefined) this.#options.onRefused(refused)
      else this.pairs += request.types.length * request.items.length
    }
  }

  async #register(request: RegistrationRequest, signal: AbortSignal): Promise<Unregistered | undefined> {
    const { registrationGapMs } = this.#options.limits
    const pairs = { types: request.types, items: request.items }
    for (let attempt = 1; ; attempt++) {
      const answer = await this.#ask(request.json, signal)
      if (answer === undefined) return { ...pairs, reason: 'registration_unanswered', evidence: 'the venue did not answer in time' }
      if (isAccepted(answer)) return undefined
      const { code } = refusalOf(answer)
      const isTooFast = code === 'KIWOOM_RATE_LIMITED' || code === 'KIWOOM_NOT_LOGGED_IN'
      if (!isTooFast || attempt === attempts)
        return { ...pairs, reason: 'registration_refused', evidence: `${answer.returnCode}: ${answer.message}` }
      await delay(Math.min(longestPauseMs, Math.max(100, registrationGapMs) * 2 ** attempt), signal)
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
    const patience = new AbortController()
    try {
      send(json)
      const answer = await Promise.race([answered, silence(answerMs, AbortSignal.any([signal, patience.signal]))])
      signal.throwIfAborted()
      return answer
    } finally {
      this.#waiting = undefined
      patience.abort()
    }
  }
}

/** Undefined after a while, or as soon as nobody waits any more. */
async function silence(ms: number, signal: AbortSignal): Promise<undefined> {
  await delay(ms, signal).catch(error => {
    if (!isAbort(error)) throw error
  })
}
