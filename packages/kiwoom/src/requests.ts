/** The first message of a connection; the token without `Bearer`. */
export function loginRequest(token: string): string {
  return JSON.stringify({ trnm: 'LOGIN', token })
}

/** What one REG or REMOVE names: every type with every item. */
export interface RegistrationData {
  /** Up to four characters. */
  readonly groupNumber: string
  readonly items: readonly string[]
  readonly types: readonly string[]
}

/** Registers every type with every item and keeps what was registered before (`refresh` 1). */
export function registerRequest({ groupNumber, items, types }: RegistrationData): string {
  return JSON.stringify({ trnm: 'REG', grp_no: groupNumber, refresh: '1', data: [{ item: items, type: types }] })
}

/** Takes every type off every item of a group. */
export function removeRequest({ groupNumber, items, types }: RegistrationData): string {
  return JSON.stringify({ trnm: 'REMOVE', grp_no: groupNumber, data: [{ item: items, type: types }] })
}

/** The answer to a PING: the same message unchanged; SYSTEM messages are never echoed, which would end the session. */
export function pingEcho(ping: string): string {
  return ping
}

/** The headers of a REST request that takes a token; `nextKey` asks for what follows a page. */
export function requestHeaders(apiId: string, token: string, nextKey?: string): Record<string, string> {
  const more = nextKey === undefined ? {} : { 'cont-yn': 'Y', 'next-key': nextKey }
  return { 'api-id': apiId, authorization: `Bearer ${token}`, ...more }
}
