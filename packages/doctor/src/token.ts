import { type RefusalCode, refusals, TokenClient } from '@tickhouse/kiwoom'
import { problemOf } from '@tickhouse/page'
import { loadConfig, messageOf, optional, secret, spanText } from '@tickhouse/runtime'
import { type Check, collectorsOf, fail, type Installation, type Judgement, ok, skipped, warn } from './check.ts'
import { venueUrl } from './clock.ts'

/** What asking for a token gave: when it ends (null when that cannot be read), or why there is none. */
export type TokenReading = { readonly expiresAtMs: number | null } | { readonly refused: string }

const shortMs = 600_000

/** Judges the access token, which is never shown. */
export function judgeToken(reading: TokenReading, nowMs: number): Judgement {
  if ('refused' in reading) return fail(`no token: ${reading.refused}`, ownKeys)
  if (reading.expiresAtMs === null) return warn('a token, with an end that cannot be read', 'watch the collector at its next login')
  const leftMs = reading.expiresAtMs - nowMs
  if (leftMs < shortMs)
    return warn(`a token that ends in ${spanText(Math.max(0, leftMs))}`, 'the collector renews it by itself: look again')
  return ok(`a token for ${spanText(leftMs)} more`)
}

const ownKeys = 'KIWOOM_APP_KEY[_FILE], KIWOOM_SECRET_KEY[_FILE] and KIWOOM_ENV'
/** What mends a refusal for which the collector has no session. */
const mends: readonly (readonly [RefusalCode, string])[] = [
  [
    'KIWOOM_TOKEN_REFUSED',
    'the collector asks for another one by itself; where that is refused too, stop the program that ends it, or give each its own app key: KIWOOM_APP_KEY',
  ],
  ['KIWOOM_CREDENTIALS_REFUSED', ownKeys],
  ['KIWOOM_WRONG_ENVIRONMENT', ownKeys],
  ['KIWOOM_DEVICE_REFUSED', 'register the public IP address of this machine for the app key on the portal of the venue'],
]

/** Judges what keeps a collector from a session: undefined where that is no refusal of token or keys. */
export function judgeRefusal(title: string, problem: string | undefined): Judgement | undefined {
  const known = mends.find(([code]) => problem?.includes(refusals[code].says))
  return known && fail(`the ${title} has no session: ${problem}`, known[1])
}

/** Whether there is a token: what keeps a collector from one, or whether the keys that are configured here give one. A collector that is logged in has proved it, and by some reports a new token ends the old one. */
export const tokenCheck: Check = {
  name: 'token',
  needs: [],
  look: async installation => {
    const judged = await Promise.all(installation.collectors.map(async ({ url, title }) => judgeRefusal(title, await problemOf(url))))
    const refused = judged.filter(judgement => judgement !== undefined)
    return refused.length > 0 && !installation.askForToken ? refused : [await askWithOwnKeys(installation)]
  },
}

async function askWithOwnKeys(installation: Installation): Promise<Judgement> {
  const { appKey, secretKey } = loadConfig(keys, installation.env)
  const restUrl = venueUrl(installation)
  if (appKey === undefined || secretKey === undefined) return skipped('no app key is configured here (KIWOOM_APP_KEY, KIWOOM_SECRET_KEY)')
  if (restUrl === undefined) return skipped('the venue is not known here (KIWOOM_ENV)')
  if (!installation.askForToken && isLoggedIn(installation))
    return ok('the collector is logged in, so none was asked for (--token asks all the same)')
  return judgeToken(await ask({ restUrl, appKey, secretKey }), Date.now())
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
