import type { Env } from '@tickhouse/runtime'
export type EnvironmentName = 'simulator' | 'mock' | 'production'

/** Where an environment of the venue is reached; the simulator's addresses are known only when it runs. */
export interface Environment {
  readonly name: EnvironmentName
  readonly restUrl: string | null
  /** Without the path, see `webSocketPath`. */
  readonly webSocketUrl: string | null
  readonly limits: VenueLimits
}

/** What the venue allows. */
export interface VenueLimits {
  /** Distinct items in one group. */
  readonly itemsPerGroup: number
  /** Distinct items on one connection; more groups do not help. */
  readonly itemsPerConnection: number
  /** REG requests that pass at once. */
  readonly registrationsAtOnce: number
  /** Pause between REG requests after those. */
  readonly registrationGapMs: number
  /** Longest message to the venue in bytes; a longer one closes the connection with 1009. */
  readonly messageBytes: number
  /** Longest item in characters. */
  readonly itemLength: number
  /** PING comes this often on an idle connection. */
  readonly pingMs: number
  /** The session ends when PING stays without echo for this long. */
  readonly heartbeatMs: number
  /** REST requests of one kind (API id) in a second. */
  readonly requestsPerSecond: number
}

/** The path of the realtime feed in every environment. */
export const webSocketPath = '/api/dostk/websocket'

/** The path of requests about instruments. */
export const instrumentPath = '/api/dostk/stkinfo'

/**
 * Items: 100 on the mock server (codes 105115 and 105118, 2025-07), 200 on production (2026-07 and -08). Pace: 5 of 50 single REGs passed
 * at once, gaps of 400 ms worked. Message: 65,536 bytes (close 1009). Item: 100 characters (official document). PING: every 10.0 s (2026-09);
 * without echo the session ended 70.0 s after login (2025-07). REST: HTTP 429 names a rate of 5 for each API id (production, 2026-08).
 */
const observed = {
  registrationsAtOnce: 5,
  registrationGapMs: 400,
  messageBytes: 65_536,
  itemLength: 100,
  pingMs: 10_000,
  heartbeatMs: 70_000,
  requestsPerSecond: 5,
}

/** The environments of the venue; domains from the official document. The simulator is as large as production, and quicker to register and to ask. */
export const environments: Readonly<Record<EnvironmentName, Environment>> = {
  simulator: {
    name: 'simulator',
    restUrl: null,
    webSocketUrl: null,
    limits: { ...observed, itemsPerGroup: 200, itemsPerConnection: 200, registrationGapMs: 20, requestsPerSecond: 50 },
  },
  mock: {
    name: 'mock',
    restUrl: 'https://mockapi.kiwoom.com',
    webSocketUrl: 'wss://mockapi.kiwoom.com:10000',
    limits: { ...observed, itemsPerGroup: 100, itemsPerConnection: 100 },
  },
  production: {
    name: 'production',
    restUrl: 'https://api.kiwoom.com',
    webSocketUrl: 'wss://api.kiwoom.com:10000',
    limits: { ...observed, itemsPerGroup: 200, itemsPerConnection: 200 },
  },
}

/** What an environment allows. */
export function limitsOf(environment: EnvironmentName): VenueLimits {
  return environments[environment].limits
}

/** The address of the REST API that an environment names; the simulator's is that of one that runs. Undefined where it is not known. */
export function restUrlIn(env: Env, simulatorUrl: string | undefined): string | undefined {
  const known = Object.values(environments).find(({ name }) => name === env['KIWOOM_ENV'])
  return env['KIWOOM_REST_URL'] || known?.restUrl || simulatorUrl
}

/** Whether the venue is simulated here, rather than Kiwoom's own mock or production server. */
export function isSimulated({ env }: { readonly env: Env }): boolean {
  return !['mock', 'production'].includes(env['KIWOOM_ENV'] ?? '')
}
