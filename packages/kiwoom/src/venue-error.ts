import { TickhouseError } from '@tickhouse/runtime'
import { type RefusalCode, refusals, venueCodes } from './venue-codes.ts'

/** An answer of the venue that says no. */
export interface RefusedAnswer {
  readonly returnCode?: number | string | null | undefined
  readonly innerCode?: number | undefined
  readonly message?: string | undefined
}

/** Something the venue refused or did not do; `code` is one of `refusals`, which also says whether trying again can help. */
export class VenueError extends TickhouseError {
  declare readonly code: RefusalCode

  constructor(code: RefusalCode, message: string, details: Record<string, unknown> = {}) {
    super(code, message, { retriable: refusals[code].retriable, ...details })
    this.name = 'VenueError'
  }
}

/** The error for a refused answer: the inner code decides before the outer one, which is often only "failed". */
export function refusalOf(answer: RefusedAnswer): VenueError {
  const { returnCode, innerCode, message } = answer
  const known = [innerCode, returnCode].map(code => venueCodes.get(String(code))).find(code => code !== undefined)
  const code = known?.refusal ?? 'KIWOOM_VENUE_FAILED'
  const number = innerCode ?? returnCode ?? 'no code'
  const text = `${refusals[code].says} (${number}${known ? `: ${known.meaning}` : ''})`
  return new VenueError(code, text, { returnCode, innerCode, venueMessage: message })
}

/** The code inside a text of the venue, written `[CODE=8005, MESSAGE=…]` on the WebSocket and `[8005:…]` in REST. */
export function innerCodeOf(message: string): number | undefined {
  const match = /\[(?:CODE=)?(\d{4,6})\s*[,:]/.exec(message)
  return match ? Number(match[1]) : undefined
}
