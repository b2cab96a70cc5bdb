import { type Clock, retry, systemClock } from '@tickhouse/runtime'
import { koreanTimeToMs } from './korean-time.ts'
import { type Credentials, postJson, type RestAnswer } from './rest.ts'
import { refusalOf, VenueError } from './venue-error.ts'
import type { VenueTime } from './venue-time.ts'

export interface TokenClientOptions extends Credentials {
  /** Without path, for instance `https://api.kiwoom.com`. */
  readonly restUrl: string
  readonly clock?: Clock
  /** Hears what every answer says of the time. */
  readonly venueTime?: Pick<VenueTime, 'note'>
  /** How long one request may take. */
  readonly timeoutMs?: number
  /** How long before its end a token is renewed. */
  readonly renewBeforeMs?: number
  /** How often a rate-limited request is tried before its error is passed on. */
  readonly attempts?: number
}

/** A token and its end; null where the venue gave a time that cannot be read, and then it is used once only. */
interface Token {
  readonly text: string
  readonly expiresAtMs: number | null
  /** The same by the monotonic clock: how long it lasts follows from the venue's own clock, so ours may be wrong or be set. */
  readonly endsAtUs: number | null
}

/** The venue hands out the same token again inside its validity, so asking more often than this near the end is idle. */
const RENEWAL_PAUSE_US = 60_000_000

/**
 * The access token of one app key. Four states: *none* (asks on the next call), *asking* (one request, shared by all callers),
 * *valid* (answers from memory), and *ending* (within `renewBeforeMs` of the end: asks, and goes on with the old one if that fails).
 * `invalidate()` leads back to *none* and remembers the refused token: should the venue hand out that very token again,
 * it is revoked and asked for once more.
 */
export class TokenClient {
  readonly #options: Required<Omit<TokenClientOptions, 'venueTime'>> & Pick<TokenClientOptions, 'venueTime'>
  #token: Token | null = null
  #refused: string | null = null
  #asking: Promise<Token> | null = null
  #askedAtUs = Number.NEGATIVE_INFINITY

  constructor(options: TokenClientOptions) {
    this.#options = { clock: systemClock, timeoutMs: 10_000, renewBeforeMs: 600_000, attempts: 4, ...options }
  }

  /** A token that is valid for at least a moment; throws `VenueError`, or the signal's reason when the caller gives up. */
  async token(signal?: AbortSignal): Promise<string> {
    signal?.throwIfAborted()
    if (this.#token && !this.#needsRenewal(this.#token)) return this.#token.text
    const old = this.#token
    try {
      return (await orAborted(this.#ask(), signal)).text
    } catch (error) {
      if (signal?.aborted || old === null || old !== this.#token || this.#hasEnded(old)) throw error
      return old.text
    }
  }

  /** When the token in use ends; undefined while there is none, null where the venue gave a time that cannot be read. */
  get expiresAtMs(): number | null | undefined {
    return this.#token?.expiresAtMs
  }

  /** Forgets a token that the venue refused (8005); without an argument whichever is in use. */
  invalidate(token: string | undefined = this.#token?.text): void {
    if (token === undefined) return
    this.#refused = token
    if (this.#token?.text === token) this.#token = null
  }

  /** Gives the token back, if there is one; the next call of `token()` asks for a new one. */
  async revoke(): Promise<void> {
    const token = this.#token
    this.#token = null
    if (token) await this.#revoke(token.text)
  }

  #hasEnded(token: Token): boolean {
    return token.endsAtUs === null || token.endsAtUs <= this.#options.clock.monotonicUs()
  }

  #needsRenewal(token: Token): boolean {
    if (this.#hasEnded(token)) return true
    const nowUs = this.#options.clock.monotonicUs()
    const isEnding = token.endsAtUs! - this.#options.renewBeforeMs * 1000 <= nowUs
    return isEnding && nowUs - this.#askedAtUs >= RENEWAL_PAUSE_US
  }

  #ask(): Promise<Token> {
    this.#asking ??= this.#issueUsable().finally(() => {
      this.#asking = null
    })
    return this.#asking
  }

  async #issueUsable(): Promise<Token> {
    this.#askedAtUs = this.#options.clock.monotonicUs()
    let token = await this.#issue()
    if (token.text === this.#refused) {
      await this.#revoke(token.text)
      token = await this.#issue()
    }
    this.#token = token
    return token
  }

  async #issue(): Promise<Token> {
    const { appKey, secretKey } = this.#options
    const answer = await this.#post('/oauth2/token', { grant_type: 'client_credentials', appkey: appKey, secretkey: secretKey })
    const { token, expires_dt: expires } = answer.members
    if (typeof token !== 'string' || token === '') {
      throw new VenueError('KIWOOM_ANSWER_UNREADABLE', 'Expected a token in the answer of /oauth2/token, found none')
    }
    const expiresAtMs = typeof expires === 'string' ? koreanTimeToMs(expires) : null
    return { text: token, expiresAtMs, endsAtUs: expiresAtMs === null ? null : this.#monotonicUsOf(expiresAtMs, answer) }
  }

  /** When a time of the venue comes by our monotonic clock; an answer without a date leaves our wall clock only. */
  #monotonicUsOf(atMs: number, { reading }: RestAnswer): number {
    const { clock } = this.#options
    const leftMs = atMs - (reading?.dateMs ?? clock.nowMs())
    return (reading?.receivedUs ?? clock.monotonicUs()) + leftMs * 1000
  }

  async #revoke(token: string): Promise<void> {
    const { appKey, secretKey } = this.#options
    await this.#post('/oauth2/revoke', { appkey: appKey, secretkey: secretKey, token }, [token])
  }

  /** One request, repeated with growing pauses only while the venue says that it was too fast. */
  #post(path: string, body: object, secrets: readonly string[] = []): Promise<RestAnswer> {
    const { restUrl, timeoutMs, attempts, appKey, secretKey, clock, venueTime } = this.#options
    const hidden = [appKey, secretKey, ...secrets]
    let failures = 0
    return retry(
      async () => {
        const answer = await postJson(new URL(path, restUrl), body, { timeoutMs, secrets: hidden, clock })
        venueTime?.note(answer.reading)
        if (answer.returnCode !== 0) throw refusalOf(answer)
        return answer
      },
      {
        signal: AbortSignal.timeout(timeoutMs * attempts * 2),
        baseMs: 200,
        maxMs: 2_000,
        shouldRetry: error => error instanceof VenueError && error.code === 'KIWOOM_RATE_LIMITED' && ++failures < attempts,
      },
    )
  }
}

/** The promise, or a rejection as soon as the signal is aborted; the work behind the promise goes on for others. */
function orAborted<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return promise
  return new Promise<T>((resolve, reject) => {
    const abort = () => reject(signal.reason)
    signal.addEventListener('abort', abort, { once: true })
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort))
  })
}
