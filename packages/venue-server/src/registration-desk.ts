import type { Pair, VenueLimits } from '@tickhouse/kiwoom'
import type { Interference } from './interference.ts'
import { messages, refused } from './messages.ts'
import { type Outcome, pairsIn, type ReceivedRegistration, Registrations } from './registrations.ts'
import { RequestGate } from './request-gate.ts'

/** The requests that change what a session gets. */
export type RegistrationVerb = 'REG' | 'REMOVE'

/** Answers the REG and REMOVE of one session: within the rate and the limits of the venue, as far as nothing interferes. */
export class RegistrationDesk {
  readonly #interference: Interference
  readonly #limits: VenueLimits
  readonly #registrations = new Registrations()
  readonly #gates = new Map<RegistrationVerb, RequestGate>()
  #registered: ReadonlySet<string> = new Set()

  constructor(interference: Interference, limits: VenueLimits) {
    this.#interference = interference
    this.#limits = limits
  }

  /** The registered pairs, each once. */
  get pairs(): Pair[] {
    return this.#registrations.pairs()
  }

  has({ type, item }: Pair): boolean {
    return this.#registered.has(type + item)
  }

  /** The text of the answer, and whether the request was taken. `nowMs` is by the monotonic clock. */
  answer(trnm: RegistrationVerb, message: ReceivedRegistration, nowMs: number): { readonly text: string; readonly isTaken: boolean } {
    const { code, detail } = this.#outcomeOf(trnm, message, nowMs)
    if (code !== 0) return { text: refused(trnm, code, detail), isTaken: false }
    this.#registered = new Set(this.pairs.map(({ type, item }) => type + item))
    return { text: trnm === 'REG' ? messages.registered : messages.removed, isTaken: true }
  }

  #outcomeOf(trnm: RegistrationVerb, message: ReceivedRegistration, nowMs: number): Outcome {
    if (!this.#gateOf(trnm).passes(nowMs)) return { code: 105110 }
    const code = this.#interference.refusalOf('registration')
    if (code !== null) return { code, detail: this.#limits.itemsPerConnection }
    if (trnm === 'REMOVE') return this.#registrations.remove(message, this.#limits)
    const refusal = this.#interference.refusalOfPairs(pairsIn(message, this.#limits))
    return refusal === null ? this.#registrations.register(message, this.#limits) : { code: refusal }
  }

  #gateOf(trnm: RegistrationVerb): RequestGate {
    const { registrationsAtOnce, registrationGapMs } = this.#limits
    const gate = this.#gates.get(trnm) ?? new RequestGate(registrationsAtOnce, registrationGapMs)
    this.#gates.set(trnm, gate)
    return gate
  }
}
