/** What a refusal means for the caller; the key is the `code` of a `VenueError`. */
export interface Refusal {
  /** Whether trying again, perhaps with a new token, can help without a human. */
  readonly retriable: boolean
  /** What happened and what to check, as one sentence. */
  readonly says: string
}

/** Every `code` a `VenueError` can carry. */
export const refusals = {
  KIWOOM_UNREACHABLE: { retriable: true, says: 'The venue did not answer: check the network and the URL if it lasts' },
  KIWOOM_ANSWER_UNREADABLE: { retriable: true, says: 'The answer of the venue is not what its document describes' },
  KIWOOM_RATE_LIMITED: { retriable: true, says: 'Too many requests: the venue asks to slow down' },
  KIWOOM_CREDENTIALS_REFUSED: {
    retriable: false,
    says: 'The venue does not accept the app key and secret key: check KIWOOM_APP_KEY and KIWOOM_SECRET_KEY',
  },
  KIWOOM_WRONG_ENVIRONMENT: {
    retriable: false,
    says: 'App key or token belong to the other environment: check that KIWOOM_ENV (mock or production) fits KIWOOM_APP_KEY',
  },
  KIWOOM_TOKEN_REFUSED: { retriable: true, says: 'The venue does not accept the token: a new one is needed' },
  KIWOOM_DEVICE_REFUSED: {
    retriable: false,
    says: 'The venue does not accept this machine: register its public IP address for the app key on the portal of the venue',
  },
  KIWOOM_LOGIN_REFUSED: { retriable: true, says: 'The venue refused the login without saying why' },
  KIWOOM_NOT_LOGGED_IN: { retriable: true, says: 'A request arrived before the login was answered and was ignored' },
  KIWOOM_REGISTRATION_FULL: { retriable: false, says: 'More items than the venue allows per group or connection: register fewer' },
  KIWOOM_REQUEST_REFUSED: { retriable: false, says: 'The venue does not understand or does not allow the request' },
  KIWOOM_SESSION_TAKEN: { retriable: true, says: 'Another program logged in with the same app key, which ends this session' },
  KIWOOM_HEARTBEAT_MISSED: { retriable: true, says: 'The venue missed the echo of its PING and ended the session' },
  KIWOOM_LOGIN_MISSING: { retriable: true, says: 'The venue waited for the login and ended the session' },
  KIWOOM_VENUE_FAILED: { retriable: true, says: 'The venue failed or gave a code that is in no document' },
} as const satisfies Record<string, Refusal>

export type RefusalCode = keyof typeof refusals

/** A code of the venue: what it means in our words, and which refusal it is. */
export interface VenueCode {
  readonly meaning: string
  readonly refusal: RefusalCode
}

const codes = (refusal: RefusalCode, meanings: Readonly<Record<string, string>>): [string, VenueCode][] =>
  Object.entries(meanings).map(([code, meaning]) => [code, { meaning, refusal }])

/**
 * Codes of the venue. Four digits: error table of the official document, also found inside `[CODE=8005, …]` and `[8005:…]`.
 * Six digits: WebSocket answers (captured, see `test/fixtures/control/SOURCES.tsv`). `R1…`: SYSTEM messages.
 */
export const venueCodes: ReadonlyMap<string, VenueCode> = new Map([
  ...codes('KIWOOM_REQUEST_REFUSED', {
    1501: 'API id missing',
    1504: 'API id not served at this address',
    1505: 'API id unknown',
    1511: 'A required input is missing',
    1512: 'HTTP header missing or unreadable',
    1513: 'Authorization header missing',
    1514: 'Authorization header malformed',
    1515: 'Authorization header names an unknown grant type',
    1516: 'Authorization header holds no token',
    1517: 'An input has the wrong form',
    1901: 'No such market code',
    1902: 'No such stock',
    1903: 'No such stock on that exchange',
    8104: 'Not served by the mock environment',
    8200: 'Not served for corporate customers',
    100002: 'A required member is missing',
    105108: 'Unknown trnm',
    105111: 'Registration failed, seen when item and type are not arrays',
  }),
  ...codes('KIWOOM_RATE_LIMITED', {
    1687: 'Recursive calls are limited',
    1700: 'More requests than allowed for this API',
    1701: 'More requests than allowed in total',
    1702: 'More requests than allowed for this group of APIs',
    105110: 'More requests than allowed for this trnm',
  }),
  ...codes('KIWOOM_CREDENTIALS_REFUSED', {
    8001: 'App key and secret key do not fit',
    8002: 'App key and secret key could not be verified',
    8011: 'grant_type missing',
    8012: 'grant_type wrong',
    8020: 'App key or secret key missing',
  }),
  ...codes('KIWOOM_TOKEN_REFUSED', {
    8003: 'Token could not be looked up',
    8005: 'Token not valid',
    8006: 'Token could not be made',
    8009: 'Token could not be issued',
    8010: 'Token was issued to another IP address',
    8015: 'Token could not be revoked',
    8016: 'Token to revoke missing',
    8103: 'Token or device could not be authenticated',
    805002: 'LOGIN holds no token',
  }),
  ...codes('KIWOOM_WRONG_ENVIRONMENT', {
    8030: 'App key belongs to the other environment (mock or production)',
    8031: 'Token belongs to the other environment (mock or production)',
  }),
  ...codes('KIWOOM_DEVICE_REFUSED', {
    8040: 'Device could not be authenticated',
    8050: 'This device is not registered for the app key',
  }),
  ...codes('KIWOOM_REGISTRATION_FULL', {
    105115: 'More items than the connection may have',
    105118: 'More items than the group may have',
  }),
  ...codes('KIWOOM_NOT_LOGGED_IN', { 100013: 'Arrived before the login, ignored' }),
  ...codes('KIWOOM_LOGIN_REFUSED', { 805004: 'Login refused; the reason stands in the text as [CODE=…]' }),
  ...codes('KIWOOM_VENUE_FAILED', { 1999: 'Unexpected error at the venue' }),
  ...codes('KIWOOM_SESSION_TAKEN', { R10001: 'The same app key connected again; the older session ends' }),
  ...codes('KIWOOM_HEARTBEAT_MISSED', { R10002: 'No echo of PING' }),
  ...codes('KIWOOM_LOGIN_MISSING', { R10004: 'No LOGIN arrived' }),
])

/** Why a SYSTEM message with that code ends the session, such as `session_taken`; undefined where it is not known to end one. */
export function sessionEndOf(code: string): string | undefined {
  const refusal = code.startsWith('R') ? venueCodes.get(code)?.refusal : undefined
  return refusal?.slice('KIWOOM_'.length).toLowerCase()
}
