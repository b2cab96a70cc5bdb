import type { KickCode, Refusable } from '@tickhouse/venue-server'
import { isShape, type Shape } from './flood.ts'

/** Something that goes wrong on the venue's side. */
export type Fault =
  /** Every connection breaks without a word. */
  | { readonly fault: 'cut' }
  /** Every session is told why and ended. */
  | { readonly fault: 'kick'; readonly code: KickCode }
  /** The connections stay open and nothing is sent, read or answered for a while. */
  | { readonly fault: 'stall'; readonly forMs: number }
  /** The market stands still for a while; the venue goes on with everything else. */
  | { readonly fault: 'quiet'; readonly forMs: number }
  /** Every session gets this text, whatever it is. */
  | { readonly fault: 'send'; readonly text: string }
  /** Every session gets so many frames of such a shape, each of `bytes` bytes, one after another as fast as they are read. */
  | { readonly fault: 'flood'; readonly shape: Shape; readonly bytes: number; readonly frames: number }
  /** The market goes on for so many frames that nobody gets. */
  | { readonly fault: 'lose'; readonly frames: number }
  /** From now on the list of instruments has this name for a symbol; null leaves the symbol out, as after a delisting. */
  | { readonly fault: 'list'; readonly symbol: string; readonly name: string | null }
  /** The next `times` requests of that kind are refused: a token, login or list with a four-digit code, a registration with a six-digit one. */
  | { readonly fault: 'refuse'; readonly what: Refusable; readonly code: number; readonly times: number }
  /** From now on every registration with one of these items is refused as a whole; with types, only where one of them is asked for with one of the items. */
  | { readonly fault: 'refuse-items'; readonly items: readonly string[]; readonly types?: readonly string[]; readonly code: number }
  /** From now on these items are registered as any other, and nothing is sent of them, as of codes that do not exist. */
  | { readonly fault: 'mute'; readonly items: readonly string[] }
  /** Every session that is logged in gets this message, which is no data. */
  | { readonly fault: 'say'; readonly text: string }
  /** So many frames follow at once, as fast as they can be made. */
  | { readonly fault: 'burst'; readonly frames: number }
  /** The next `times` connections are closed with 1000 right after they open. */
  | { readonly fault: 'hang-up'; readonly times: number }
  /** The next `times` sessions get this text right before the answer to their LOGIN. */
  | { readonly fault: 'before-login'; readonly text: string; readonly times: number }
  /** Every token handed out so far stops being valid; sessions that are logged in stay. */
  | { readonly fault: 'expire-tokens' }

/** A fault that happens by itself once so many frames have been made. */
export type ScriptedFault = Fault & { readonly afterFrames: number }

/** Reads a fault from JSON, as it comes over HTTP; null where it is none. */
export function readFault(value: unknown): Fault | null {
  const given = (typeof value === 'object' && value !== null ? value : {}) as Record<string, unknown>
  const count = (name: string) => Number.isSafeInteger(given[name]) && (given[name] as number) >= 0
  const texts = (name: string) => Array.isArray(given[name]) && given[name].every(text => typeof text === 'string')
  switch (given['fault']) {
    case 'cut':
    case 'expire-tokens':
      return given as Fault
    case 'kick':
      return ['R10001', 'R10002', 'R10004'].includes(given['code'] as string) ? (given as Fault) : null
    case 'stall':
    case 'quiet':
      return count('forMs') ? (given as Fault) : null
    case 'send':
    case 'say':
      return typeof given['text'] === 'string' ? (given as Fault) : null
    case 'flood':
      return isShape(given['shape']) && count('bytes') && count('frames') ? (given as Fault) : null
    case 'mute':
      return texts('items') ? (given as Fault) : null
    case 'refuse-items':
      return texts('items') && count('code') && (given['types'] === undefined || texts('types')) ? (given as Fault) : null
    case 'list':
      return typeof given['symbol'] === 'string' && (given['name'] === null || typeof given['name'] === 'string') ? (given as Fault) : null
    case 'lose':
    case 'burst':
      return count('frames') ? (given as Fault) : null
    case 'hang-up':
      return count('times') ? (given as Fault) : null
    case 'before-login':
      return typeof given['text'] === 'string' && count('times') ? (given as Fault) : null
    case 'refuse':
      return ['token', 'login', 'registration', 'list'].includes(given['what'] as string) && count('code') && count('times')
        ? (given as Fault)
        : null
    default:
      return null
  }
}
