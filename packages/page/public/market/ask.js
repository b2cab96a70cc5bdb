/** @typedef {import('../../src/market/answers.ts').MarketNote} MarketNote */

const patienceMs = 10_000

/** The server has understood, and says why there is no answer. */
export class Refused extends Error {
  /** @param {MarketNote} note @param {number} status */
  constructor({ problem, remedy }, status) {
    super(`${problem} ${remedy}`)
    /** Whether the same question may be answered later. */
    this.isPassing = status !== 400
  }
}

/**
 * What the server answers to a path below /market/. Throws a Refused, or what `fetch` throws.
 * @param {string} path @param {Record<string, string | number | undefined>} values those that are undefined are left out @param {AbortSignal} [signal]
 */
export async function ask(path, values, signal) {
  const until = AbortSignal.any([AbortSignal.timeout(patienceMs), ...(signal === undefined ? [] : [signal])])
  const response = await fetch(`/market/${path}?${questionOf(values)}`, { signal: until })
  const answer = await response.json()
  if (!response.ok) throw new Refused(answer.note, response.status)
  return answer
}

/** @param {number} ms */
export function pause(ms) {
  return new Promise(resolve => setTimeout(resolve, ms))
}

/** @typedef {{ symbol: string | undefined, venue: string, interval: string, date: string | undefined }} Wanted undefined is chosen by the server */

/** What the address of the page asks for; it stands there so that it can be kept and sent. @param {string} search @returns {Wanted} */
export function wantedIn(search) {
  const params = new URLSearchParams(search)
  return {
    symbol: params.get('symbol') ?? undefined,
    venue: params.get('venue') ?? 'consolidated',
    interval: params.get('interval') ?? '5m',
    date: params.get('date') ?? undefined,
  }
}

/** The question behind a `?`. @param {Record<string, string | number | undefined>} values */
export function questionOf(values) {
  const given = Object.entries(values).filter(([, value]) => value !== undefined)
  return new URLSearchParams(given.map(([name, value]) => [name, String(value)])).toString()
}
