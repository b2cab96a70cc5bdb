import { TokenClient } from '@tickhouse/kiwoom'
import { loadConfig, messageOf, optional, secret } from '@tickhouse/runtime'
import { venueUrl } from './clock.ts'
import { fail, type Judgement, ok, skipped, span, warn } from './finding.ts'
import { type Check, collectorsOf, type Installation } from './installation.ts'

/** What asking for a token gave: when it ends (null when that cannot be read), or why there is none. */
export type TokenReading = { readonly expiresAtMs: number | null } | { readonly refused: string }

const shortMs = 600_000

/** Judges the access token, which is never shown. */
export function judgeToken(reading: TokenReading, nowMs: number): Judgement {
  if ('refused' in reading) return fail(`no token: ${reading.refused}`, 'KIWOOM_APP_KEY[_FILE], KIWOOM_SECRET_KEY[_FILE] and KIWOOM_ENV')
  if (reading.expiresAtMs === null) return warn('a token, with an end that cannot be read', 'watch the collector at its next login')
  const leftMs = reading.expiresAtMs - nowMs
  if (leftMs < shortMs) return warn(`a token that ends in ${span(Math.max(0, leftMs))}`, 'the collector renews it by itself: look again')
  return ok(`a token for ${span(leftMs)} more`)
}

/** Whether the keys that are configured here give a token. A collector that is logged in has proved it, and by some reports a new token ends the old one. */
export const token: Check = {
  name: 'token',
  needs: [],
  look: async installation => {
    const { appKey, secretKey } = loadConfig(keys, installation.env)
    const restUrl = venueUrl(installation)
    if (appKey === undefined || secretKey === undefined)
      return [skipped('no app key is configured here (KIWOOM_APP_KEY, KIWOOM_SECRET_KEY)')]
    if (restUrl === undefined) return [skipped('the venue is not known here (KIWOOM_ENV)')]
    if (!installation.askForToken && isLoggedIn(installation))
      return [ok('the collector is logged in, so none was asked for (--token asks all the same)')]
    return [judgeToken(await ask({ restUrl, appKey, secretKey }), Date.now())]
  },
}

const keys = { appKey: optional(secret('KIWOOM_APP_KEY')), secretKey: optional(secret('KIWOOM_SECRET_KEY')) }

/** Of several collectors one has this key, and nobody tells which. */
function isLoggedIn(installation: Installation): boolean {
  return collectorsOf(installation)?.some(({ state }) => state === 'live') === true
}

async function ask(options: { restUrl: string; appKey: string; secretKey: string }): Promise<TokenReading> {
  const tokens = new TokenClient({ ...options, attempts: 2 })
  try {
    await tokens.token()
    return { expiresAtMs: tokens.expiresAtMs ?? null }
  } catch (error) {
    return { refused: messageOf(error) }
  }
}
