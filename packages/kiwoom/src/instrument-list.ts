import type { ListedInstrument } from '@tickhouse/catalogue'
import { delay, retry } from '@tickhouse/runtime'
import { instrumentPath } from './environments.ts'
import { listedInstrument, type VenueList, venueLists } from './listed-instrument.ts'
import { requestHeaders } from './requests.ts'
import { postJson, type RestAnswer } from './rest.ts'
import type { TokenClient } from './token-client.ts'
import type { RefusalCode } from './venue-codes.ts'
import { refusalOf, VenueError } from './venue-error.ts'

/** How the venue is asked for its lists. */
export interface InstrumentListOptions {
  /** Without path. */
  readonly restUrl: string
  readonly tokens: Pick<TokenClient, 'token' | 'invalidate'>
  /** How many requests are sent in a second at most. */
  readonly requestsPerSecond: number
  readonly signal: AbortSignal
  /** How long one request may take. */
  readonly timeoutMs?: number
  /** How often a request is tried that came too fast, or brought no answer. */
  readonly attempts?: number
  /** Hears which list is asked for, and how many instruments there are so far. */
  readonly onList?: (code: string, instruments: number) => void
}

/** What the venue lists. */
export interface InstrumentList {
  /** Each symbol once. */
  readonly instruments: readonly ListedInstrument[]
  /** Rows whose code cannot be one. */
  readonly unreadable: number
  /** Lists that the venue did not give, and why. */
  readonly missing: readonly { readonly code: string; readonly error: VenueError }[]
}

/** The name of the request in the venue's document: 종목정보 리스트. */
const apiId = 'ka10099'
/** A list was a single page of 2,474 rows (2026-08-03), which is less than a MiB; the list of ELWs may be longer. */
const maxPageBytes = 16 * 1024 * 1024
/** More pages than any list has: the venue would repeat itself for ever. */
const maxPages = 500
/** What concerns one list only: others may be given. */
const ofOneList: readonly RefusalCode[] = ['KIWOOM_REQUEST_REFUSED', 'KIWOOM_VENUE_FAILED', 'KIWOOM_ANSWER_UNREADABLE']
const again: readonly RefusalCode[] = ['KIWOOM_RATE_LIMITED', 'KIWOOM_UNREACHABLE']

/**
 * Asks the venue for all its lists of instruments, one page after another. A list that it refuses is missing, the others are given. Throws `VenueError` where it
 * gives none, or accepts neither token nor keys, and the signal's reason.
 */
export async function askForInstruments(options: InstrumentListOptions): Promise<InstrumentList> {
  const found = new Map<string, ListedInstrument>()
  const missing: { code: string; error: VenueError }[] = []
  let unreadable = 0
  const pages = new Pages(options)
  // Without a token there is no list at all.
  await options.tokens.token(options.signal)
  for (const venueList of venueLists) {
    options.onList?.(venueList.code, found.size)
    try {
      for await (const row of pages.rowsOf(venueList)) {
        const instrument = listedInstrument(row, venueList)
        if (instrument === null) unreadable++
        else if (!found.has(instrument.symbol)) found.set(instrument.symbol, instrument)
      }
    } catch (error) {
      if (!(error instanceof VenueError) || !ofOneList.includes(error.code)) throw error
      missing.push({ code: venueList.code, error })
    }
  }
  if (found.size > 0) return { instruments: [...found.values()], unreadable, missing }
  throw missing[0]?.error ?? new VenueError('KIWOOM_ANSWER_UNREADABLE', 'Expected instruments in the lists of the venue, found none')
}

/** The pages of lists, asked for no faster than the venue allows. */
class Pages {
  readonly #options: InstrumentListOptions
  #nextAtMs = 0

  constructor(options: InstrumentListOptions) {
    this.#options = options
  }

  /** The rows of a list as they came: any JSON. */
  async *rowsOf({ code }: VenueList): AsyncGenerator<unknown> {
    const asked = new Set<string>()
    for (let nextKey: string | undefined; asked.size < maxPages; ) {
      const { members, headers } = await this.#page(code, nextKey)
      yield* rowsIn(members['list'], code)
      if (headers.get('cont-yn') !== 'Y') return
      nextKey = headers.get('next-key') ?? ''
      if (nextKey === '' || asked.has(nextKey))
        throw unreadable(code, 'the key of a next page', nextKey === '' ? 'none' : 'one that it had before')
      asked.add(nextKey)
    }
    throw unreadable(code, `at most ${maxPages} pages`, 'more')
  }

  /** One page. A token that the venue does not take any more is replaced once. */
  #page(code: string, nextKey: string | undefined): Promise<RestAnswer> {
    const { tokens, signal, attempts = 5 } = this.#options
    let [failures, refusals] = [0, 0]
    return retry(
      async () => {
        await this.#pace()
        const token = await tokens.token(signal)
        const answer = await this.#post(code, token, nextKey)
        if (answer.returnCode === 0) return answer
        const error = refusalOf(answer)
        if (error.code === 'KIWOOM_TOKEN_REFUSED') tokens.invalidate(token)
        throw error
      },
      {
        signal,
        baseMs: 200,
        maxMs: 5_000,
        shouldRetry: error => {
          if (!(error instanceof VenueError)) return false
          if (error.code === 'KIWOOM_TOKEN_REFUSED') return ++refusals === 1
          return again.includes(error.code) && ++failures < attempts
        },
      },
    )
  }

  #post(code: string, token: string, nextKey: string | undefined): Promise<RestAnswer> {
    const { restUrl, signal, timeoutMs = 20_000 } = this.#options
    const headers = requestHeaders(apiId, token, nextKey)
    return postJson(
      new URL(instrumentPath, restUrl),
      { mrkt_tp: code },
      { timeoutMs, signal, headers, maxBytes: maxPageBytes, secrets: [token] },
    )
  }

  async #pace(): Promise<void> {
    const nowMs = performance.now()
    const atMs = Math.max(nowMs, this.#nextAtMs)
    this.#nextAtMs = atMs + 1_000 / this.#options.requestsPerSecond
    if (atMs > nowMs) await delay(atMs - nowMs, this.#options.signal)
  }
}

/** An unknown list was answered with `null` (2026-09), as one without instruments may be. */
function rowsIn(list: unknown, code: string): readonly unknown[] {
  if (list === null || list === undefined) return []
  if (!Array.isArray(list)) throw unreadable(code, 'an array of instruments', typeof list)
  return list
}

function unreadable(code: string, expected: string, was: string): VenueError {
  return new VenueError('KIWOOM_ANSWER_UNREADABLE', `Expected ${expected} in list ${code} of the venue, found ${was}`)
}
