import { randomBytes } from 'node:crypto'
import type { Credentials } from '@tickhouse/kiwoom'

/** A token as it was handed out. */
export interface IssuedToken {
  readonly token: string
  readonly appKey: string
  readonly expiresAtMs: number
}

/** Hands out and checks tokens; inside its validity an app key gets the same one again. */
export class TokenDesk {
  /** Undefined where every key pair gets a token. */
  readonly #secrets: ReadonlyMap<string, string> | undefined
  readonly #validMs: number
  readonly #byAppKey = new Map<string, IssuedToken>()

  constructor(credentials: readonly Credentials[] | 'any', validMs: number) {
    this.#secrets = credentials === 'any' ? undefined : new Map(credentials.map(({ appKey, secretKey }) => [appKey, secretKey]))
    this.#validMs = validMs
  }

  /** True where the pair is one of those that are known. */
  knows(appKey: string, secretKey: string): boolean {
    return this.#secrets === undefined || this.#secrets.get(appKey) === secretKey
  }

  /** The token of an app key, a new one where there is none that is valid. */
  issue(appKey: string, nowMs: number): IssuedToken {
    const current = this.#byAppKey.get(appKey)
    if (current && current.expiresAtMs > nowMs) return current
    const issued = { token: randomBytes(64).toString('base64url'), appKey, expiresAtMs: nowMs + this.#validMs }
    this.#byAppKey.set(appKey, issued)
    return issued
  }

  /** The app key of a valid token, or null. */
  ownerOf(token: string, nowMs: number): string | null {
    for (const issued of this.#byAppKey.values()) if (issued.token === token && issued.expiresAtMs > nowMs) return issued.appKey
    return null
  }

  /** Makes a token invalid; false where it was not valid. */
  revoke(token: string, nowMs: number): boolean {
    const appKey = this.ownerOf(token, nowMs)
    return appKey !== null && this.#byAppKey.delete(appKey)
  }

  /** Makes every token invalid at once. */
  expireAll(): void {
    this.#byAppKey.clear()
  }
}
